using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Orchestrator.Model;
using Orchestrator.Storage;

namespace Orchestrator.RestGateway.Http;

/// <summary>Runs a verb and turns whatever ends it into an answer: this is the one place where failures become a Status.</summary>
internal static partial class ApiHandler
{
    public static RequestDelegate For(ResourceType type, Func<ApiRequest, Task<IResult>> verb) => async http =>
    {
        try
        {
            var result = await verb(new(type, http));
            await result.ExecuteAsync(http);
        }
        catch (OperationCanceledException) when (http.RequestAborted.IsCancellationRequested)
        {
            // The client went away; there is nobody to tell.
        }
        catch (Exception failure) when (!http.Response.HasStarted)
        {
            await ApiResults.Status(StatusOf(failure, http)).ExecuteAsync(http);
        }
    };

    public static RequestDelegate Always(ApiStatus status) => http => ApiResults.Status(status).ExecuteAsync(http);

    private static ApiStatus StatusOf(Exception failure, HttpContext http)
    {
        switch (failure)
        {
            case ApiException refused:
                return refused.Status;
            case BadHttpRequestException { StatusCode: StatusCodes.Status413PayloadTooLarge }:
                return ApiStatus.TooLarge($"the body is larger than {RequestBody.Limit} bytes");
            case BadHttpRequestException bad:
                return ApiStatus.BadRequest(bad.Message);
            case TransactionTooLargeException large:
                return ApiStatus.TooLarge($"the object is too large: {large.Message}");
            case RevisionCompactedException compacted:
                return ApiStatus.Expired($"too old resource version: {compacted.Message}");
            case StorageException or ObjectDisposedException:
                Log.StoreFailed(Logger(http), failure, http.Request.Method, http.Request.Path);
                return ApiStatus.Unavailable("the store cannot be used: " + failure.Message);
            default:
                Log.Failed(Logger(http), failure, http.Request.Method, http.Request.Path);
                return ApiStatus.InternalError;
        }
    }

    private static ILogger Logger(HttpContext http) => http.RequestServices.GetRequiredService<ILoggerFactory>().CreateLogger("Orchestrator.RestGateway.Http");

    private static partial class Log
    {
        [LoggerMessage(10, LogLevel.Error, "{Method} {Path} failed")]
        public static partial void Failed(ILogger logger, Exception failure, string method, string path);

        [LoggerMessage(11, LogLevel.Error, "{Method} {Path} failed in the store")]
        public static partial void StoreFailed(ILogger logger, Exception failure, string method, string path);
    }
}
