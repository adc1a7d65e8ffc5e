using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Orchestrator.Drivers.Libvirt;
using Orchestrator.Libvirt;
using Orchestrator.Planning;
using Orchestrator.Reconciler;
using Orchestrator.Reconciler.Specs;
using Orchestrator.RestGateway;
using Orchestrator.RestGateway.Seed;
using Orchestrator.Storage;

namespace Orchestrator.Serving;

/// <summary>The composition root: which parts there are, and who gets whom.</summary>
public static class Server
{
    /// <summary>Puts the parts together around an open store. The caller disposes of the store after the application.</summary>
    public static WebApplication Build(ServerOptions options, IObjectStore store, TimeProvider time)
    {
        var builder = WebApplication.CreateSlimBuilder(new WebApplicationOptions { ApplicationName = "orchestrator", ContentRootPath = options.Data });
        builder.WebHost.UseUrls(options.Listen).ConfigureKestrel(kestrel => kestrel.UseGatewayLimits());
        builder.Logging.ClearProviders().AddSimpleConsole(console =>
        {
            console.SingleLine = true;
            console.UseUtcTimestamp = true;
            console.TimestampFormat = "yyyy-MM-dd'T'HH:mm:ss.fff'Z' ";
        });
        builder.Logging.AddFilter("Microsoft", LogLevel.Warning).AddFilter("Quartz", LogLevel.Warning);

        var services = builder.Services;
        services.AddSingleton(time);
        services.AddSingleton(store);
        services.AddSingleton(PlacementPolicies.From(options.Placement).Policies!);
        AddHosts(services, options, store.ClusterId);
        services.AddReconciler(options.Reconciler, Path.Combine(options.Data, "images"));
        services.AddSingleton(new SpecsOptions { Folder = options.SpecsFolder });
        services.AddSingleton<SpecsSync>();
        services.AddHostedService<SpecsFolder>();
        services.AddGateway(new SeedOptions { Enabled = options.Seed.Enabled, Deadline = TimeSpan.FromSeconds(options.Seed.DeadlineSeconds) });

        var app = builder.Build();
        app.MapGateway();
        return app;
    }

    private static void AddHosts(IServiceCollection services, ServerOptions options, string cluster)
    {
        services.AddSingleton(new HostSessionOptions(cluster)
        {
            Events = options.Libvirt.Events,
            Libvirt = LibvirtOptions.Default with
            {
                KeepAliveInterval = TimeSpan.FromSeconds(options.Libvirt.KeepAliveSeconds),
                KeepAliveCount = options.Libvirt.KeepAliveCount,
            },
        });
        services.AddSingleton<HostSessions>();
        services.AddSingleton<IHostConnector>(provider => provider.GetRequiredService<HostSessions>());
        services.AddSingleton<IHostObserver, HostObserver>();
        services.AddSingleton<IStepTarget, HostStepTarget>();
    }
}
