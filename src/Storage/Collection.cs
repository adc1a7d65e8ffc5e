using System.Collections.Concurrent;
using System.Runtime.CompilerServices;

namespace Orchestrator.Storage;

/// <summary>
/// The entries under a prefix as values of a type. What was decoded once is not decoded again while its revision stands,
/// so values must be immutable: all readers share them.
/// </summary>
/// <param name="store">Where the entries are.</param>
/// <param name="prefix">Stands before every key; the methods take and give keys without it.</param>
/// <param name="decode">Makes a value of an entry, and may put the entry's revision into it.</param>
/// <param name="encode">The bytes to store for a value; without its revision.</param>
public sealed class Collection<T>(IObjectStore store, string prefix, Func<Entry, T> decode, Func<T, byte[]> encode)
    where T : class
{
    private readonly ConcurrentDictionary<string, (long Revision, T Value)> _decoded = new(StringComparer.Ordinal);

    /// <summary>The value, or null if there is none.</summary>
    public async ValueTask<T?> GetAsync(string key, CancellationToken stop)
    {
        if (await store.GetAsync(prefix + key, stop).ConfigureAwait(false) is { } entry)
        {
            return Decode(entry);
        }

        _decoded.TryRemove(prefix + key, out _);
        return null;
    }

    /// <summary>All values whose key starts with <paramref name="under"/>.</summary>
    public ValueTask<Page<T>> ListAsync(string under, CancellationToken stop) => ListAsync(under, 0, null, stop);

    /// <summary>A page of values; see <see cref="IObjectStore.ListAsync"/>.</summary>
    public async ValueTask<Page<T>> ListAsync(string under, int limit, string? continueAfter, CancellationToken stop)
    {
        var listing = await store.ListAsync(prefix + under, limit, continueAfter, stop).ConfigureAwait(false);
        var items = new T[listing.Items.Count];
        for (var i = 0; i < items.Length; i++)
        {
            items[i] = Decode(listing.Items[i]);
        }

        if (under.Length == 0 && limit == 0 && _decoded.Count > items.Length)
        {
            ForgetAllBut(listing);
        }

        return new(listing.Revision, items, listing.Continue);
    }

    /// <summary>Every change under <paramref name="under"/> after a revision; see <see cref="IObjectStore.WatchAsync"/>.</summary>
    public async IAsyncEnumerable<Change<T>> WatchAsync(
        string under, long afterRevision, [EnumeratorCancellation] CancellationToken stop)
    {
        await foreach (var happened in store.WatchAsync(prefix + under, afterRevision, stop).ConfigureAwait(false))
        {
            var previous = happened.Previous is null ? null : DecodeOnce(happened.Previous);
            var value = happened.Type == StoreEventType.Put ? Decode(happened.Entry) : decode(happened.Entry);
            if (happened.Type == StoreEventType.Deleted)
            {
                _decoded.TryRemove(happened.Entry.Key, out _);
            }

            yield return new(happened.Type, happened.Entry.Key[prefix.Length..], value, previous, happened.Revision, happened.IsCreate);
        }
    }

    /// <summary>Stores a value under a key that must be absent.</summary>
    public Task<CommitResult> CreateAsync(string key, T value, CancellationToken stop) => store.CommitAsync(new(Create(key, value)), stop);

    /// <summary>Replaces a value that must still be at the revision.</summary>
    public Task<CommitResult> UpdateAsync(string key, T value, long expectedRevision, CancellationToken stop) =>
        store.CommitAsync(new(Update(key, value, expectedRevision)), stop);

    /// <summary>Removes a value that must still be at the revision.</summary>
    public Task<CommitResult> DeleteAsync(string key, long expectedRevision, CancellationToken stop) =>
        store.CommitAsync(new(Delete(key, expectedRevision)), stop);

    /// <summary>For a transaction over several keys or collections.</summary>
    public Operation Create(string key, T value) => Operation.Create(prefix + key, encode(value));

    /// <inheritdoc cref="Create"/>
    public Operation Update(string key, T value, long expectedRevision) => Operation.Update(prefix + key, encode(value), expectedRevision);

    /// <inheritdoc cref="Create"/>
    public Operation Delete(string key, long expectedRevision) => Operation.Delete(prefix + key, expectedRevision);

    private T Decode(Entry entry)
    {
        if (_decoded.TryGetValue(entry.Key, out var known) && known.Revision == entry.Revision)
        {
            return known.Value;
        }

        var value = decode(entry);
        _decoded.AddOrUpdate(
            entry.Key,
            static (_, fresh) => fresh,
            static (_, old, fresh) => fresh.Revision > old.Revision ? fresh : old,
            (entry.Revision, value));
        return value;
    }

    // What is already replaced is worth finding in the cache, but not worth a place in it.
    private T DecodeOnce(Entry entry) =>
        _decoded.TryGetValue(entry.Key, out var known) && known.Revision == entry.Revision ? known.Value : decode(entry);

    private void ForgetAllBut(Listing listing)
    {
        var present = listing.Items.Select(entry => entry.Key).ToHashSet(StringComparer.Ordinal);
        foreach (var (key, known) in _decoded)
        {
            if (known.Revision <= listing.Revision && !present.Contains(key))
            {
                _decoded.TryRemove(key, out _);
            }
        }
    }
}

/// <summary>A page of values of one snapshot; see <see cref="Listing"/>.</summary>
public sealed record Page<T>(long Revision, IReadOnlyList<T> Items, string? Continue);

/// <summary>A change of one value; see <see cref="StoreEvent"/>.</summary>
/// <param name="Type">What happened.</param>
/// <param name="Key">Without the collection's prefix.</param>
/// <param name="Value">The new value; of a deletion, the last one, decoded under the deletion's revision.</param>
/// <param name="Previous">The value before; null for a creation.</param>
/// <param name="Revision">The revision of the transaction.</param>
/// <param name="IsCreate">Whether the key was absent before.</param>
public sealed record Change<T>(StoreEventType Type, string Key, T Value, T? Previous, long Revision, bool IsCreate)
    where T : class;
