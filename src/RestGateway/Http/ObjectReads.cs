using Microsoft.AspNetCore.Http;

namespace Orchestrator.RestGateway.Http;

/// <summary>GET of one object and of many.</summary>
internal static class ObjectReads
{
    public static async Task<IResult> GetAsync(ApiRequest request)
    {
        if (request.Flag("watch"))
        {
            return await ObjectWatches.WatchAsync(request, request.ObjectQuery().OnlyNamed(request.Name));
        }

        return await request.Objects.FindAsync(request.Type, request.Namespace, request.Name, request.Stop) is { } entry
            ? ApiResults.Entry(request.Type, entry)
            : ApiResults.Status(ApiStatus.NotFound(request.Type, request.Name));
    }

    public static async Task<IResult> ListAsync(ApiRequest request)
    {
        var query = request.ObjectQuery();
        if (request.Flag("watch"))
        {
            return await ObjectWatches.WatchAsync(request, query);
        }

        var limit = (int)Math.Min(request.Number("limit"), int.MaxValue - 1);
        var after = request.Query("continue") is { Length: > 0 } token ? token : null;
        try
        {
            return new ObjectListResult(request.Type, await request.Objects.ListAsync(query, limit, after, request.Stop));
        }
        catch (ArgumentException) when (after is not null)
        {
            throw new ApiException(ApiStatus.BadRequest("the continue token was not given out by this server"));
        }
    }
}
