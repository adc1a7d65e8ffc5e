using Orchestrator.Storage.Memory;

namespace Orchestrator.Storage.Sqlite;

/// <summary>
/// The database file: an append-only log of changes, one row each. The current entries are the newest rows of their keys
/// (the view <c>current</c> shows them), so a change costs one insert. Used by one thread at a time.
/// </summary>
/// <remarks>
/// Rows that compaction made superfluous are deleted oldest first. The rows of a key thus vanish in the order they were written,
/// and a process that dies in between never lets a deleted key come back.
/// </remarks>
internal sealed class LogFile : IDisposable
{
    private const int TrimRows = 256;
    private const int VacuumPages = 256;

    private readonly string _path;
    private readonly SqliteConnection _connection;
    private readonly SqliteStatement _begin;
    private readonly SqliteStatement _commit;
    private readonly SqliteStatement _insert;
    private readonly SqliteStatement _delete;
    private readonly SqliteStatement _compact;
    private readonly Queue<(long Revision, string Key)> _superfluous = new();
    private bool _isSlack;

    private LogFile(string path, SqliteConnection connection)
    {
        _path = path;
        _connection = connection;
        _begin = connection.Prepare("BEGIN IMMEDIATE");
        _commit = connection.Prepare("COMMIT");
        _insert = connection.Prepare("INSERT INTO log (id, key, create_revision, deleted, at, value, crc) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)");
        _delete = connection.Prepare("DELETE FROM log WHERE id BETWEEN ?1 AND ?2 AND key = ?3");
        _compact = connection.Prepare("UPDATE store SET compacted = ?1");
        ClusterId = QueryClusterId();
    }

    public string ClusterId { get; }

    /// <summary>Whether compaction has left something for <see cref="Trim"/> to do.</summary>
    public bool CanTrim => _superfluous.Count > 0 || _isSlack;

    /// <summary>Opens the file, creating it and its schema if it is not there.</summary>
    /// <exception cref="SqliteException">The file cannot be used.</exception>
    /// <exception cref="StoreCorruptException">It is a database, but not one this version can read.</exception>
    public static LogFile Open(string path)
    {
        var connection = new SqliteConnection(path);
        try
        {
            var isNew = LogSchema.IsNew(connection, path);
            if (isNew)
            {
                connection.Execute("PRAGMA auto_vacuum = INCREMENTAL"); // takes effect before the first write only
            }

            // Every commit syncs the write-ahead log. Frequent checkpoints are short ones, for the sake of those who wait meanwhile.
            connection.Execute("PRAGMA journal_mode = WAL");
            connection.Execute("PRAGMA synchronous = FULL");
            connection.Execute("PRAGMA wal_autocheckpoint = 250");
            connection.Execute("PRAGMA journal_size_limit = 67108864");
            connection.Execute("PRAGMA cache_size = -8192");
            if (isNew)
            {
                LogSchema.Create(connection);
            }

            return new(path, connection);
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    /// <summary>Reads everything: the current entries and all events since the last compaction.</summary>
    public RevisionedMemory Load(int watchBuffer)
    {
        var current = new Dictionary<string, Entry>(StringComparer.Ordinal);
        var history = new List<PastEvent>();
        var compacted = _connection.QueryInt64("SELECT compacted FROM store");
        var newest = compacted;
        using var rows = _connection.Prepare("SELECT id, key, create_revision, deleted, at, value, crc FROM log ORDER BY id");
        while (rows.Step())
        {
            var revision = rows.Int64(0) / Transaction.MaxOperations;
            var key = rows.Text(1);
            var created = rows.Int64(2);
            var deleted = rows.Int64(3) != 0;
            var value = rows.Blob(5);
            if ((uint)rows.Int64(6) != RowChecksum.Of(revision, key, created, deleted, value))
            {
                throw new StoreCorruptException($"{_path} is damaged: the record of {key} at revision {revision} does not match its checksum.");
            }

            var previous = current.GetValueOrDefault(key);
            var happened = deleted
                ? new StoreEvent(StoreEventType.Deleted, (previous ?? new(key, default, created, revision)) with { Revision = revision }, previous)
                : new StoreEvent(StoreEventType.Put, new(key, value.ToArray(), created, revision), previous);
            newest = Math.Max(newest, revision);
            if (deleted)
            {
                current.Remove(key);
            }
            else
            {
                current[key] = happened.Entry;
            }

            if (revision > compacted)
            {
                history.Add(new(happened, rows.Int64(4)));
            }
            else
            {
                MarkSuperfluous(happened);
            }
        }

        return new(KeyIndex.From(current.Values), newest, compacted, history, watchBuffer);
    }

    /// <summary>Writes events and, if given, the revision compacted to, in one durable step; failing, it leaves the file as it was.</summary>
    /// <param name="events">Of one or more transactions, in order.</param>
    /// <param name="compactTo">Null: no compaction.</param>
    /// <param name="at">Unix milliseconds.</param>
    public void Append(IReadOnlyList<StoreEvent> events, long? compactTo, long at) => Durably(() =>
    {
        long revision = 0, position = 0;
        foreach (var happened in events)
        {
            position = happened.Revision == revision ? position + 1 : 0;
            revision = happened.Revision;
            Insert(happened, revision * Transaction.MaxOperations + position, at);
        }

        if (compactTo is { } to)
        {
            _compact.Bind(1, to).Run();
        }
    });

    /// <summary>Tells which events are forgotten: what they replaced, and deletions themselves, need no rows any more.</summary>
    public void MarkSuperfluous(StoreEvent forgotten)
    {
        if (forgotten.Previous is { } previous)
        {
            _superfluous.Enqueue((previous.Revision, previous.Key));
        }

        if (forgotten.Type == StoreEventType.Deleted)
        {
            _superfluous.Enqueue((forgotten.Revision, forgotten.Entry.Key));
        }
    }

    /// <summary>Does a little of what is left to do: deletes superfluous rows, and gives pages back once most of the file is free.</summary>
    public void Trim()
    {
        if (_superfluous.Count > 0)
        {
            Durably(() => { });
        }
        else
        {
            _connection.Execute($"PRAGMA incremental_vacuum({VacuumPages})");
        }

        // Some free pages are the room that the next writes need.
        var free = _connection.QueryInt64("PRAGMA freelist_count");
        _isSlack = free > VacuumPages && free > _connection.QueryInt64("PRAGMA page_count") / 2;
    }

    public void Dispose()
    {
        foreach (var statement in new[] { _begin, _commit, _insert, _delete, _compact })
        {
            statement.Dispose();
        }

        _connection.Dispose();
    }

    private string QueryClusterId()
    {
        using var row = _connection.Prepare("SELECT cluster_id FROM store");
        return row.Step() ? row.Text(0) : throw new StoreCorruptException($"{_path} is damaged: it has lost its cluster id.");
    }

    private void Insert(StoreEvent happened, long id, long at)
    {
        var entry = happened.Entry;
        var deleted = happened.Type == StoreEventType.Deleted;
        var value = deleted ? default : entry.Value.Span;
        _insert.Bind(1, id).Bind(2, entry.Key).Bind(3, entry.CreateRevision).Bind(4, deleted ? 1 : 0).Bind(5, at).Bind(6, value)
            .Bind(7, RowChecksum.Of(entry.Revision, entry.Key, entry.CreateRevision, deleted, value)).Run();
    }

    // Superfluous rows go along with whatever is committed, so that trimming costs no sync of its own while there is work.
    private void Durably(Action write)
    {
        _begin.Run();
        try
        {
            write();
            var trimmed = DeleteSuperfluous();
            _commit.Run();
            for (; trimmed > 0; trimmed--)
            {
                _superfluous.Dequeue();
            }
        }
        catch
        {
            if (_connection.InTransaction)
            {
                _connection.Execute("ROLLBACK");
            }

            throw;
        }
    }

    private int DeleteSuperfluous()
    {
        var trimmed = 0;
        foreach (var (revision, key) in _superfluous.Take(TrimRows))
        {
            var first = revision * Transaction.MaxOperations;
            _delete.Bind(1, first).Bind(2, first + Transaction.MaxOperations - 1).Bind(3, key).Run();
            trimmed++;
        }

        return trimmed;
    }
}
