namespace Orchestrator.Storage;

/// <summary>Transactions of one operation.</summary>
public static class ObjectStoreExtensions
{
    /// <summary>Writes a key that must be absent.</summary>
    public static Task<CommitResult> CreateAsync(this IObjectStore store, string key, ReadOnlyMemory<byte> value, CancellationToken stop) =>
        store.CommitAsync(new(Operation.Create(key, value)), stop);

    /// <summary>Replaces the value of a key that must still be at the revision.</summary>
    public static Task<CommitResult> UpdateAsync(
        this IObjectStore store, string key, ReadOnlyMemory<byte> value, long expectedRevision, CancellationToken stop) =>
        store.CommitAsync(new(Operation.Update(key, value, expectedRevision)), stop);

    /// <summary>Removes a key that must still be at the revision.</summary>
    public static Task<CommitResult> DeleteAsync(this IObjectStore store, string key, long expectedRevision, CancellationToken stop) =>
        store.CommitAsync(new(Operation.Delete(key, expectedRevision)), stop);

    /// <summary>All entries under the prefix.</summary>
    public static ValueTask<Listing> ListAsync(this IObjectStore store, string prefix, CancellationToken stop) =>
        store.ListAsync(prefix, 0, null, stop);
}
