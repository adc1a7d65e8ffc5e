using System.Text.Json.Serialization.Metadata;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Orchestrator.RestGateway.Http;
using Orchestrator.RestGateway.Objects;

namespace Orchestrator.RestGateway.Seed;

/// <summary>One call of the seed API.</summary>
internal sealed record SeedCall(SeedArguments Arguments, HttpContext Http)
{
    public static IResult Failure { get; } = Answer(new(0), SeedJson.Default.StatusAnswer);

    public static IResult Success { get; } = Answer(new(1), SeedJson.Default.StatusAnswer);

    public Inventory Inventory => Http.RequestServices.GetRequiredService<Inventory>();

    public ObjectService Objects => Http.RequestServices.GetRequiredService<ObjectService>();

    /// <summary>The client went away.</summary>
    public CancellationToken Stop => Http.RequestAborted;

    /// <summary>Fires when the call has waited long enough, or the server is about to stop.</summary>
    public CancellationToken StartDeadline()
    {
        var services = Http.RequestServices;
        var timer = new CancellationTokenSource(services.GetRequiredService<SeedOptions>().Deadline, services.GetRequiredService<TimeProvider>());
        Http.Response.RegisterForDispose(timer);
        var either = CancellationTokenSource.CreateLinkedTokenSource(timer.Token, services.GetRequiredService<IHostApplicationLifetime>().ApplicationStopping);
        Http.Response.RegisterForDispose(either);
        return either.Token;
    }

    public static IResult Answer<T>(T value, JsonTypeInfo<T> type) => ApiResults.Json(value, type);
}
