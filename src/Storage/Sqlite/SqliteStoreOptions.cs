namespace Orchestrator.Storage.Sqlite;

/// <summary>Where the embedded store lives and how much history it keeps.</summary>
public sealed record SqliteStoreOptions
{
    /// <summary>The database file. Its directory is created if absent (mode 0700); the file is private to its owner (0600).</summary>
    public required string Path { get; init; }

    /// <summary>So many of the newest events are always kept.</summary>
    public int KeepEventsAtLeast { get; init; } = 10_000;

    /// <summary>Events younger than this are kept, up to <see cref="KeepEventsAtMost"/>.</summary>
    public TimeSpan KeepEventsFor { get; init; } = TimeSpan.FromHours(1);

    /// <summary>Bounds the memory that history takes under a storm of writes, whatever its age.</summary>
    public int KeepEventsAtMost { get; init; } = 20_000;

    /// <summary>How many events a watcher may leave unread before it is let go.</summary>
    public int WatchBuffer { get; init; } = 10_000;
}
