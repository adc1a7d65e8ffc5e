using System.Globalization;
using Microsoft.AspNetCore.Http;
using Orchestrator.RestGateway.Objects;

namespace Orchestrator.RestGateway.Http;

/// <summary>What a client asks of a watch.</summary>
/// <param name="After">Only what changes after this revision; null: first all that is there, as Added.</param>
/// <param name="MarkInitialEnd">Tell when all that was there has been told (WatchList).</param>
/// <param name="Bookmarks">From time to time tell the revision that has been reached.</param>
/// <param name="For">How long to watch.</param>
internal sealed record WatchWish(ObjectQuery Query, long? After, bool MarkInitialEnd, bool Bookmarks, TimeSpan For);

/// <summary>GET with <c>watch=1</c>.</summary>
internal static class ObjectWatches
{
    // A stream that the server ends makes `kubectl get -w` end, so not before an hour unless asked to.
    private const long DefaultSeconds = 3600;
    private const long MostSeconds = 86_400;

    public static Task<IResult> WatchAsync(ApiRequest request, ObjectQuery query)
    {
        var initial = request.Flag("sendInitialEvents");
        if (initial && request.Query("resourceVersionMatch") != "NotOlderThan")
        {
            throw new ApiException(ApiStatus.BadRequest("sendInitialEvents needs resourceVersionMatch=NotOlderThan"));
        }

        var seconds = request.Number("timeoutSeconds") is > 0 and var wanted ? Math.Min(wanted, MostSeconds) : DefaultSeconds;
        var wish = new WatchWish(query, initial ? null : After(request), initial, request.Flag("allowWatchBookmarks"), TimeSpan.FromSeconds(seconds));
        return Task.FromResult<IResult>(new ObjectWatchResult(request, wish));
    }

    private static long? After(ApiRequest request) => request.Query("resourceVersion") switch
    {
        null or "" or "0" => null,
        var text when long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var revision) => revision,
        var text => throw new ApiException(ApiStatus.BadRequest($"invalid resource version \"{text}\"")),
    };
}
