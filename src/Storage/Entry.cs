namespace Orchestrator.Storage;

/// <summary>A key with its value, as some transaction wrote it. Immutable, and shared by all readers.</summary>
/// <param name="Key">Compared ordinally.</param>
/// <param name="Value">The bytes as they were given. Record equality compares the reference, not the content.</param>
/// <param name="CreateRevision">The revision at which the key came into being (again, if it had been deleted).</param>
/// <param name="Revision">The revision of the transaction that wrote this value; what compare-and-swap compares.</param>
public sealed record Entry(string Key, ReadOnlyMemory<byte> Value, long CreateRevision, long Revision);

/// <summary>A page of a snapshot.</summary>
/// <param name="Revision">The revision that the whole listing shows. Watching after it misses and doubles nothing.</param>
/// <param name="Items">In ordinal key order.</param>
/// <param name="Continue">Opaque; fetches the next page. Null on the last page.</param>
public sealed record Listing(long Revision, IReadOnlyList<Entry> Items, string? Continue);

/// <summary>What happened to a key.</summary>
public enum StoreEventType
{
    /// <summary>Created or replaced.</summary>
    Put,

    /// <summary>Deleted.</summary>
    Deleted,
}

/// <summary>One change of one key. The events of one transaction share a revision and follow each other.</summary>
/// <param name="Type">What happened.</param>
/// <param name="Entry">The new entry. For a deletion: the last value under the deletion's revision.</param>
/// <param name="Previous">What the change replaced or deleted; null for a creation.</param>
public sealed record StoreEvent(StoreEventType Type, Entry Entry, Entry? Previous)
{
    /// <summary>The revision of the transaction.</summary>
    public long Revision => Entry.Revision;

    /// <summary>Whether the key was absent before.</summary>
    public bool IsCreate => Type == StoreEventType.Put && Entry.CreateRevision == Entry.Revision;
}
