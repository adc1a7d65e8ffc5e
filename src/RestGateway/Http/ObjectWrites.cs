using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Orchestrator.Model;
using Orchestrator.RestGateway.Objects;

namespace Orchestrator.RestGateway.Http;

/// <summary>POST, PUT, PATCH and DELETE of objects.</summary>
internal static class ObjectWrites
{
    public static async Task<IResult> CreateAsync(ApiRequest request)
    {
        var sent = await ObjectBody.ReadAsync(request);
        var outcome = await request.Objects.CreateAsync(request.Type, sent, request.Stop);
        return outcome is { Result: WriteResult.Conflict, Object: { } there }
            ? ApiResults.Status(ApiStatus.AlreadyExists(request.Type, there.Metadata.Name, outcome.Message))
            : ApiResults.Outcome(request.Type, sent.Metadata.Name, outcome);
    }

    public static async Task<IResult> ReplaceAsync(ApiRequest request)
    {
        var sent = await ObjectBody.ReadAsync(request);
        return ApiResults.Outcome(request.Type, request.Name, await request.Objects.UpdateAsync(request.Type, sent, request.Stop));
    }

    /// <summary>A JSON merge patch (RFC 7396).</summary>
    public static async Task<IResult> PatchAsync(ApiRequest request)
    {
        var patch = await RequestBody.ReadAsync(request.Http, RequestBody.MergePatch);
        RequestBody.ParseObject(patch);
        var outcome = await request.Objects.UpdateAsync(
            request.Type,
            request.Namespace,
            request.Name,
            stored => Change.To(ObjectBody.Parse(request, MergePatch.Apply(request.Type.Encode(stored), patch.Span))),
            request.Stop);
        return ApiResults.Outcome(request.Type, request.Name, outcome);
    }

    public static async Task<IResult> DeleteAsync(ApiRequest request)
    {
        var wish = WishOf(request, await RequestBody.ReadAsync(request.Http, RequestBody.Json));
        var outcome = await request.Objects.DeleteAsync(request.Type, request.Namespace, request.Name, wish, request.Stop);
        return ApiResults.Outcome(request.Type, request.Name, outcome);
    }

    private static DeleteWish WishOf(ApiRequest request, ReadOnlyMemory<byte> body)
    {
        var options = new DeleteOptions();
        if (!body.IsEmpty)
        {
            RequestBody.ParseObject(body);
            try
            {
                options = JsonSerializer.Deserialize(body.Span, GatewayJson.Default.DeleteOptions) ?? options;
            }
            catch (JsonException wrong)
            {
                throw new ApiException(ApiStatus.BadRequest($"the body is no DeleteOptions: {wrong.Path}"));
            }
        }

        var grace = request.Query("gracePeriodSeconds") is null ? options.GracePeriodSeconds : request.Number("gracePeriodSeconds");
        return grace < 0
            ? throw new ApiException(ApiStatus.BadRequest("gracePeriodSeconds must be 0 or more"))
            : new(options.Preconditions?.Uid, options.Preconditions?.ResourceVersion, grace);
    }
}

/// <summary>The body of a DELETE (meta/v1 DeleteOptions), as far as it means something here; all of it is optional.</summary>
internal sealed record DeleteOptions
{
    public long? GracePeriodSeconds { get; init; }

    public DeletePreconditions? Preconditions { get; init; }
}

/// <summary>What the object must be, lest another one of the same name is deleted.</summary>
internal sealed record DeletePreconditions
{
    public Guid? Uid { get; init; }

    public string? ResourceVersion { get; init; }
}
