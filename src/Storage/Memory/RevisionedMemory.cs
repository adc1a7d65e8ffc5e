using System.Runtime.CompilerServices;

namespace Orchestrator.Storage.Memory;

/// <summary>
/// What readers see: the current entries as an immutable snapshot, the recent events, and the watchers.
/// One writer applies batches; any number of readers.
/// </summary>
internal sealed class RevisionedMemory
{
    private readonly Lock _gate = new();
    private readonly List<PastEvent> _history;
    private readonly HashSet<Watcher> _watchers = [];
    private readonly int _watchBuffer;
    private volatile Snapshot _now;
    private Exception? _closed;

    /// <param name="index">The entries at <paramref name="revision"/>.</param>
    /// <param name="revision">The newest revision.</param>
    /// <param name="compacted">The revision up to which events are forgotten.</param>
    /// <param name="history">All events after <paramref name="compacted"/>.</param>
    /// <param name="watchBuffer">How many events a watcher may leave unread.</param>
    public RevisionedMemory(KeyIndex index, long revision, long compacted, List<PastEvent> history, int watchBuffer)
    {
        _now = new(index, revision, compacted);
        _history = history;
        _watchBuffer = watchBuffer;
    }

    public long Revision => _now.Revision;

    public long Compacted => _now.Compacted;

    public Entry? Get(string key) => _now.Index.Find(key);

    public Listing List(string prefix, int limit, string? continueAfter)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(limit);
        var token = continueAfter is null ? null : ContinueToken.Parse(continueAfter);
        var now = _now; // read once: entries and revision must be of the same moment
        var (index, revision) = token is null ? (now.Index, now.Revision) : At(token.Revision, prefix);
        var items = index.Range(prefix, token?.After, limit == 0 ? 0 : limit + 1);
        if (limit == 0 || items.Count <= limit)
        {
            return new(revision, items, null);
        }

        items.RemoveAt(limit);
        return new(revision, items, new ContinueToken(revision, items[^1].Key).ToString());
    }

    public Batch Begin() => new(_now.Index.ToBuilder(), _now.Revision);

    /// <summary>Makes a durable batch visible: first to readers, then to watchers, in one step for both.</summary>
    public void Apply(Batch batch, long at)
    {
        lock (_gate)
        {
            _now = _now with { Index = batch.Index, Revision = batch.Revision };
            foreach (var happened in batch.Events)
            {
                _history.Add(new(happened, at));
                _watchers.RemoveWhere(watcher => watcher.Wants(happened) && !watcher.Offer(happened));
            }
        }
    }

    /// <summary>
    /// The revision to compact to, so that at most <paramref name="most"/> events stay, and none from before a time (Unix milliseconds)
    /// unless it is one of the newest <paramref name="least"/>. Null while that would forget fewer than <paramref name="stride"/> events.
    /// </summary>
    public long? Overdue(int most, int least, long before, int stride)
    {
        var count = _history.Count;
        var forget = Math.Max(count - most, 0);
        while (forget < count - least && _history[forget].At < before)
        {
            forget++;
        }

        return forget < stride ? null : _history[forget - 1].Event.Revision;
    }

    /// <summary>Forgets events up to the revision, and returns them.</summary>
    public IReadOnlyList<StoreEvent> Compact(long revision)
    {
        lock (_gate)
        {
            var count = FirstAfter(revision);
            var forgotten = _history.GetRange(0, count).ConvertAll(past => past.Event);
            _history.RemoveRange(0, count);
            _now = _now with { Compacted = Math.Max(_now.Compacted, revision) };
            return forgotten;
        }
    }

    public async IAsyncEnumerable<StoreEvent> WatchAsync(string prefix, long afterRevision, [EnumeratorCancellation] CancellationToken stop)
    {
        var watcher = new Watcher(prefix, afterRevision, _watchBuffer);
        try
        {
            foreach (var happened in Join(watcher, afterRevision))
            {
                stop.ThrowIfCancellationRequested();
                yield return happened;
            }

            await foreach (var happened in watcher.Events.ReadAllAsync(stop).ConfigureAwait(false))
            {
                yield return happened;
            }
        }
        finally
        {
            lock (_gate)
            {
                _watchers.Remove(watcher);
            }
        }
    }

    /// <summary>Ends all watches, present and future, with the reason.</summary>
    public void Close(Exception reason)
    {
        lock (_gate)
        {
            _closed = reason;
            foreach (var watcher in _watchers)
            {
                watcher.End(reason);
            }

            _watchers.Clear();
        }
    }

    // History is read and the watcher enrolled under one lock: the next batch reaches either the one or the other.
    private List<StoreEvent> Join(Watcher watcher, long afterRevision)
    {
        lock (_gate)
        {
            if (_closed is not null)
            {
                throw _closed;
            }

            RequireHistory(afterRevision);
            _watchers.Add(watcher);
            var replay = new List<StoreEvent>();
            for (var i = FirstAfter(afterRevision); i < _history.Count; i++)
            {
                if (watcher.Wants(_history[i].Event))
                {
                    replay.Add(_history[i].Event);
                }
            }

            return replay;
        }
    }

    // The entries under the prefix as they were at a past revision: today's, with every later event undone.
    private (KeyIndex Index, long Revision) At(long revision, string prefix)
    {
        lock (_gate)
        {
            RequireHistory(revision);
            if (revision > _now.Revision)
            {
                throw new ArgumentException($"Revision {revision} of the continued listing is in the future.", nameof(revision));
            }

            var index = _now.Index.ToBuilder();
            for (var i = _history.Count - 1; i >= 0 && _history[i].Event.Revision > revision; i--)
            {
                var (_, entry, previous) = _history[i].Event;
                if (!entry.Key.StartsWith(prefix, StringComparison.Ordinal))
                {
                    continue;
                }

                if (previous is null)
                {
                    index.Remove(entry.Key);
                }
                else
                {
                    index.Set(previous);
                }
            }

            return (index.ToIndex(), revision);
        }
    }

    private void RequireHistory(long revision)
    {
        if (revision < _now.Compacted)
        {
            throw new RevisionCompactedException(revision, _now.Compacted);
        }
    }

    private int FirstAfter(long revision)
    {
        int low = 0, high = _history.Count;
        while (low < high)
        {
            var middle = (low + high) / 2;
            (low, high) = _history[middle].Event.Revision > revision ? (low, middle) : (middle + 1, high);
        }

        return low;
    }

    private sealed record Snapshot(KeyIndex Index, long Revision, long Compacted);
}

/// <summary>An event and when it was committed (Unix milliseconds).</summary>
internal readonly record struct PastEvent(StoreEvent Event, long At);
