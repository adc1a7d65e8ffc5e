using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Orchestrator.RestGateway.Seed;

/// <summary>The seed API (DESIGN 9.2): GET or POST, always 200 and JSON; what goes wrong is the call's own failure answer.</summary>
internal static partial class SeedRoutes
{
    public static void Map(IEndpointRouteBuilder routes)
    {
        MapCall(routes, "/vm/create", VmCalls.NotCreated, VmCalls.CreateAsync);
        MapCall(routes, "/vm/query", SeedCall.Failure, VmCalls.QueryAsync);
        MapCall(routes, "/vm/destroy", SeedCall.Failure, VmCalls.DestroyAsync);
        MapCall(routes, "/vm/types", SeedCall.Failure, VmCalls.TypesAsync);
        MapCall(routes, "/pm/list", SeedCall.Failure, MachineCalls.ListAsync);
        MapCall(routes, "/pm/listvms", SeedCall.Failure, MachineCalls.ListVmsAsync);
        MapCall(routes, "/pm/query", SeedCall.Failure, MachineCalls.QueryAsync);
        MapCall(routes, "/image/list", SeedCall.Failure, ImageCalls.ListAsync);
        foreach (var root in new[] { "/vm", "/pm", "/image", "/volume" })
        {
            routes.Map($"{root}/{{**unknown}}", SeedCall.Failure.ExecuteAsync);
        }
    }

    private static void MapCall(IEndpointRouteBuilder routes, string path, IResult failure, Func<SeedCall, Task<IResult>> call) =>
        routes.MapMethods(path, [HttpMethods.Get, HttpMethods.Post], async http =>
        {
            try
            {
                var answer = await SeedArguments.ReadAsync(http.Request) is { } arguments ? await call(new(arguments, http)) : failure;
                await answer.ExecuteAsync(http);
            }
            catch (OperationCanceledException) when (http.RequestAborted.IsCancellationRequested)
            {
                // The client went away. What it asked for stays asked for.
            }
            catch (Exception fault) when (!http.Response.HasStarted)
            {
                Log.Failed(http.RequestServices.GetRequiredService<ILoggerFactory>().CreateLogger("Orchestrator.RestGateway.Seed"), fault, path);
                await failure.ExecuteAsync(http);
            }
        });

    private static partial class Log
    {
        [LoggerMessage(20, LogLevel.Error, "{Path} failed")]
        public static partial void Failed(ILogger logger, Exception fault, string path);
    }
}
