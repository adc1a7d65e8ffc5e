using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Microsoft.AspNetCore.Http;
using Orchestrator.Model;
using Orchestrator.RestGateway.Objects;
using Orchestrator.Storage;

namespace Orchestrator.RestGateway.Http;

/// <summary>Answers of the object API.</summary>
internal static class ApiResults
{
    public static IResult Status(ApiStatus status) => new BytesResult(status.Code, Encode(status, GatewayJson.Default.ApiStatus));

    public static IResult Object(int code, ResourceType type, Resource resource) =>
        new BytesResult(code, JsonSerializer.SerializeToUtf8Bytes(resource, type.Json));

    public static IResult Json<T>(T value, JsonTypeInfo<T> type) => new BytesResult(StatusCodes.Status200OK, Encode(value, type));

    public static IResult Entry(ResourceType type, Entry entry) => new EntryResult(type, entry);

    /// <summary>How a write ended, as Kubernetes says it.</summary>
    public static IResult Outcome(ResourceType type, string name, WriteOutcome outcome) => outcome.Result switch
    {
        WriteResult.Created => Object(StatusCodes.Status201Created, type, outcome.Object!),
        WriteResult.Updated or WriteResult.Unchanged or WriteResult.Deleting => Object(StatusCodes.Status200OK, type, outcome.Object!),
        WriteResult.Deleted => Status(ApiStatus.Removed(type, outcome.Object!.Metadata)),
        WriteResult.NotFound => Status(ApiStatus.NotFound(type, name)),
        WriteResult.Invalid => Status(ApiStatus.Invalid(type, name, outcome.Errors)),
        _ => Status(ApiStatus.Conflict(type, name, outcome.Message)),
    };

    public static byte[] Encode<T>(T value, JsonTypeInfo<T> type) => JsonSerializer.SerializeToUtf8Bytes(value, type);

    private static void Begin(HttpContext http, int code)
    {
        http.Response.StatusCode = code;
        http.Response.ContentType = "application/json";
    }

    private sealed class BytesResult(int code, byte[] body) : IResult
    {
        public async Task ExecuteAsync(HttpContext httpContext)
        {
            Begin(httpContext, code);
            httpContext.Response.ContentLength = body.Length;
            await httpContext.Response.Body.WriteAsync(body, httpContext.RequestAborted);
        }
    }

    private sealed class EntryResult(ResourceType type, Entry entry) : IResult
    {
        public async Task ExecuteAsync(HttpContext httpContext)
        {
            Begin(httpContext, StatusCodes.Status200OK);
            StoredObject.Write(httpContext.Response.BodyWriter, type, entry);
            await httpContext.Response.BodyWriter.FlushAsync(httpContext.RequestAborted);
        }
    }
}
