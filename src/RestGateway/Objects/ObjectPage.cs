using Orchestrator.Storage;

namespace Orchestrator.RestGateway.Objects;

/// <summary>Some of the objects of a query, as of one revision.</summary>
/// <param name="Continue">Opaque; fetches the next page of the same revision. Null on the last page.</param>
public sealed record ObjectPage(long Revision, IReadOnlyList<Entry> Items, string? Continue);

public sealed partial class ObjectService
{
    /// <summary>The matching objects in key order, at most <paramref name="limit"/> (0 = all).</summary>
    /// <exception cref="RevisionCompactedException">The continued listing is too old: list again from the start.</exception>
    /// <exception cref="ArgumentException"><paramref name="continueAfter"/> was not given out by a list.</exception>
    public async ValueTask<ObjectPage> ListAsync(ObjectQuery query, int limit, string? continueAfter, CancellationToken stop)
    {
        var found = new List<Entry>();
        Listing page;
        do
        {
            // Never more than what is still wanted, so that the next page starts right behind the last object given.
            page = await store.ListAsync(query.Prefix, limit == 0 ? 0 : limit - found.Count, continueAfter, stop);
            found.AddRange(query.SelectsAll ? page.Items : page.Items.Where(query.Matches));
            continueAfter = page.Continue;
        }
        while (continueAfter is not null && found.Count < limit);

        return new(page.Revision, found, page.Continue);
    }
}
