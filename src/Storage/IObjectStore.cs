namespace Orchestrator.Storage;

/// <summary>
/// A revisioned store of keys and bytes: the one place that remembers. Every transaction that changes something gets the next
/// revision; an entry carries the revision that wrote it (etcd's mod revision), and compare-and-swap is on that number.
/// </summary>
/// <remarks>
/// The model is etcd's, so that an etcd engine fits without a change here: a transaction is a list of compares and writes, a watch
/// continues from any revision not yet compacted, a listing is one snapshot even over several pages. Reads are asynchronous for the
/// same reason; the embedded engine answers them from memory and completes at once, so <see cref="ValueTask{T}"/> costs it nothing.
/// There is no lease in the interface: a lease is an entry that its holder renews by compare-and-swap, as Kubernetes does it.
/// </remarks>
public interface IObjectStore : IAsyncDisposable
{
    /// <summary>A random id born with the store and kept in it. Another id means: other data, other ownership.</summary>
    string ClusterId { get; }

    /// <summary>The newest committed revision that this process knows; 0 for a store never written to.</summary>
    long Revision { get; }

    /// <summary>The entry under the key, or null.</summary>
    ValueTask<Entry?> GetAsync(string key, CancellationToken stop);

    /// <summary>
    /// The entries whose key starts with the prefix, in ordinal key order, at most <paramref name="limit"/> (0 = all).
    /// Passing <see cref="Listing.Continue"/> of a page as <paramref name="continueAfter"/> yields the next page of the <i>same</i> revision.
    /// </summary>
    /// <exception cref="RevisionCompactedException">The revision of the continued listing is no longer held: list again from the start.</exception>
    /// <exception cref="ArgumentException"><paramref name="continueAfter"/> was not made by this store.</exception>
    ValueTask<Listing> ListAsync(string prefix, int limit, string? continueAfter, CancellationToken stop);

    /// <summary>
    /// Applies all operations or none. Completes when the outcome is durable. Losing against another writer is an ordinary result.
    /// Cancelling while the transaction waits withdraws it whole; once it is being committed it is not cancellable and the outcome is returned.
    /// </summary>
    /// <exception cref="StorageException">The medium refused (disk full, I/O error): nothing was applied.</exception>
    Task<CommitResult> CommitAsync(Transaction transaction, CancellationToken stop);

    /// <summary>
    /// Every change under the prefix with a revision greater than <paramref name="afterRevision"/>, in commit order, none missing and none
    /// doubled: first what is already history, then live, until cancelled. A revision in the future is waited for, as etcd does.
    /// </summary>
    /// <exception cref="RevisionCompactedException">History no longer reaches back to the revision: list, then watch from the listing's revision.</exception>
    /// <exception cref="WatcherTooSlowException">The caller fell too far behind. It may watch again after the last revision it saw.</exception>
    /// <exception cref="ObjectDisposedException">The store was closed.</exception>
    IAsyncEnumerable<StoreEvent> WatchAsync(string prefix, long afterRevision, CancellationToken stop);

    /// <summary>Forgets history up to and including the revision (never current entries). Forgetting what is already forgotten is no error.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The revision is newer than the store.</exception>
    /// <exception cref="StorageException">The medium refused.</exception>
    Task CompactAsync(long revision, CancellationToken stop);
}
