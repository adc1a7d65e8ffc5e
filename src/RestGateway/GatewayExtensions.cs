using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;
using Orchestrator.Model;
using Orchestrator.RestGateway.Http;
using Orchestrator.RestGateway.Http.Discovery;
using Orchestrator.RestGateway.Objects;
using Orchestrator.RestGateway.Seed;
using Orchestrator.Storage;

namespace Orchestrator.RestGateway;

/// <summary>How an application takes the gateway in.</summary>
public static class GatewayExtensions
{
    /// <summary>
    /// Registers the gateway, and <see cref="IObjectWriter"/> as the same door for others. The application registers an
    /// <see cref="IObjectStore"/>; a <see cref="TimeProvider"/> if not the system's.
    /// </summary>
    public static IServiceCollection AddGateway(this IServiceCollection services, SeedOptions seed)
    {
        services.AddSingleton(seed);
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton(provider => new ObjectService(
            provider.GetRequiredService<IObjectStore>(),
            provider.GetRequiredService<TimeProvider>(),
            Guid.NewGuid,
            provider.GetRequiredService<ILogger<ObjectService>>()));
        services.TryAddSingleton<IObjectWriter>(provider => provider.GetRequiredService<ObjectService>());
        services.TryAddSingleton<Inventory>();
        services.AddRoutingCore();
        return services;
    }

    /// <summary>Maps the object API, discovery and health, and the seed API if it is enabled.</summary>
    public static IEndpointRouteBuilder MapGateway(this IEndpointRouteBuilder routes)
    {
        DiscoveryRoutes.Map(routes);
        ObjectRoutes.Map(routes);
        if (routes.ServiceProvider.GetRequiredService<SeedOptions>().Enabled)
        {
            SeedRoutes.Map(routes);
        }

        return routes;
    }

    /// <summary>Limits for a server that faces clients: bodies, headers, patience.</summary>
    public static void UseGatewayLimits(this KestrelServerOptions kestrel)
    {
        kestrel.AddServerHeader = false;
        kestrel.Limits.MaxRequestBodySize = RequestBody.Limit;
        kestrel.Limits.RequestHeadersTimeout = TimeSpan.FromSeconds(15);
        kestrel.Limits.MaxConcurrentConnections = 10_000;
    }
}
