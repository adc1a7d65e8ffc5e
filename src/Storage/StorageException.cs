namespace Orchestrator.Storage;

/// <summary>The store could not do what was asked. Thrown by a commit: nothing was applied, and the store goes on with what it had.</summary>
public class StorageException(string message, Exception? inner = null) : Exception(message, inner);

/// <summary>The store is open elsewhere.</summary>
public sealed class StoreLockedException(string message, Exception? inner = null) : StorageException(message, inner);

/// <summary>The database is not one of ours, is from a newer version, or is damaged. Nothing was changed in it.</summary>
public sealed class StoreCorruptException(string message, Exception? inner = null) : StorageException(message, inner);

/// <summary>History does not reach back to the revision. List, and go on from the listing's revision.</summary>
public sealed class RevisionCompactedException(long revision, long compactedRevision)
    : StorageException($"Revision {revision} is compacted: history is kept after revision {compactedRevision}.")
{
    public long Revision { get; } = revision;

    /// <summary>The oldest revision after which a watch is possible.</summary>
    public long CompactedRevision { get; } = compactedRevision;
}

/// <summary>A watcher did not take its events in time and was let go, so that it delays nobody.</summary>
public sealed class WatcherTooSlowException(int capacity) : StorageException($"The watcher left more than {capacity} events unread.");

/// <summary>A transaction holds more bytes than any engine must take.</summary>
public sealed class TransactionTooLargeException(long bytes, long maximum)
    : StorageException($"The transaction holds {bytes} bytes; at most {maximum} are taken.");
