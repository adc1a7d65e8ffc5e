using System.Runtime.CompilerServices;
using Orchestrator.Storage;

namespace Orchestrator.RestGateway.Objects;

/// <summary>What a watcher is told about an object, in the words of the Kubernetes API.</summary>
public enum WatchEventType
{
    Added,
    Modified,
    Deleted,
}

/// <param name="Object">The object after the change; for Deleted the last that matched, under the revision of the change.</param>
public sealed record WatchEvent(WatchEventType Type, Entry Object);

/// <summary>One step of a watch: an event, or none when what happened is outside the query.</summary>
/// <param name="Revision">All changes up to here have been told.</param>
public sealed record WatchProgress(long Revision, WatchEvent? Event);

public sealed partial class ObjectService
{
    /// <summary>
    /// Every change of what the query selects after a revision, none missing, none doubled. An object that starts to match is Added,
    /// one that ceases to match is Deleted.
    /// </summary>
    /// <exception cref="RevisionCompactedException">History does not reach back that far: list, and watch from the list's revision.</exception>
    /// <exception cref="WatcherTooSlowException">The watcher did not keep up.</exception>
    public async IAsyncEnumerable<WatchProgress> WatchAsync(ObjectQuery query, long afterRevision, [EnumeratorCancellation] CancellationToken stop)
    {
        await foreach (var happened in store.WatchAsync(query.Prefix, afterRevision, stop))
        {
            yield return new(happened.Revision, Translate(query, happened));
        }
    }

    private static WatchEvent? Translate(ObjectQuery query, StoreEvent happened)
    {
        var before = happened.Previous is { } previous && query.Matches(previous);
        var after = happened.Type == StoreEventType.Put && query.Matches(happened.Entry);
        return (before, after) switch
        {
            (false, true) => new(WatchEventType.Added, happened.Entry),
            (true, true) => new(WatchEventType.Modified, happened.Entry),
            (true, false) => new(WatchEventType.Deleted, happened.Previous! with { Revision = happened.Revision }),
            _ => null,
        };
    }
}
