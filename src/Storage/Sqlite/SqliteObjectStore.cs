using System.Threading.Channels;
using Orchestrator.Storage.Memory;

namespace Orchestrator.Storage.Sqlite;

/// <summary>
/// The embedded engine. Reads and watches are answered from memory; the file is for durability. All writers share one loop that
/// takes whatever waits, judges it against memory, writes it as one SQLite transaction, syncs once, and then answers all.
/// </summary>
public sealed class SqliteObjectStore : IObjectStore
{
    private const int MaxBatch = 512;
    private const int MaxWaiting = 8192;

    private readonly SqliteStoreOptions _options;
    private readonly TimeProvider _time;
    private readonly StoreLock _lock;
    private readonly LogFile _log;
    private readonly RevisionedMemory _memory;
    private readonly Channel<PendingCommit> _waiting =
        Channel.CreateBounded<PendingCommit>(new BoundedChannelOptions(MaxWaiting) { SingleReader = true });

    private readonly Task _writer;

    private SqliteObjectStore(SqliteStoreOptions options, TimeProvider time, StoreLock held, LogFile log)
    {
        (_options, _time, _lock, _log) = (options, time, held, log);
        _memory = log.Load(options.WatchBuffer);
        _writer = Task.Run(WriteAsync);
    }

    public string ClusterId => _log.ClusterId;

    public long Revision => _memory.Revision;

    /// <summary>Opens the store, creating it if it is not there.</summary>
    /// <exception cref="StoreLockedException">Somebody has it open.</exception>
    /// <exception cref="StoreCorruptException">The file is damaged or not a store of this version; it is left as it is.</exception>
    /// <exception cref="StorageException">The file cannot be used.</exception>
    public static Task<SqliteObjectStore> OpenAsync(SqliteStoreOptions options, TimeProvider time, CancellationToken stop) =>
        Task.Run(() => Open(options, time), stop);

    public ValueTask<Entry?> GetAsync(string key, CancellationToken stop) => ValueTask.FromResult(_memory.Get(key));

    public ValueTask<Listing> ListAsync(string prefix, int limit, string? continueAfter, CancellationToken stop) =>
        ValueTask.FromResult(_memory.List(prefix, limit, continueAfter));

    public Task<CommitResult> CommitAsync(Transaction transaction, CancellationToken stop) => EnqueueAsync(new(transaction, null), stop);

    public IAsyncEnumerable<StoreEvent> WatchAsync(string prefix, long afterRevision, CancellationToken stop) =>
        _memory.WatchAsync(prefix, afterRevision, stop);

    public Task CompactAsync(long revision, CancellationToken stop)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(revision, Revision);
        return EnqueueAsync(new(null, revision), stop);
    }

    /// <summary>Commits what already waits, ends all watches, and closes the file.</summary>
    public async ValueTask DisposeAsync()
    {
        if (_waiting.Writer.TryComplete())
        {
            await _writer.ConfigureAwait(false);
            _memory.Close(Closed());
            _log.Dispose();
            _lock.Dispose();
        }
    }

    private static SqliteObjectStore Open(SqliteStoreOptions options, TimeProvider time)
    {
        const UnixFileMode PrivateFile = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        var path = Path.GetFullPath(options.Path);
        StoreLock? held = null;
        LogFile? log = null;
        try
        {
            Directory.CreateDirectory(Path.GetDirectoryName(path)!, PrivateFile | UnixFileMode.UserExecute);
            held = StoreLock.Take(path);
            using (new FileStream(path, new FileStreamOptions { Mode = FileMode.OpenOrCreate, Access = FileAccess.Write, UnixCreateMode = PrivateFile }))
            {
                File.SetUnixFileMode(path, PrivateFile); // SQLite gives its -wal and -shm the same mode
            }

            log = LogFile.Open(path);
            return new(options, time, held, log);
        }
        catch (Exception failure)
        {
            log?.Dispose();
            held?.Dispose();
            throw failure switch
            {
                StorageException => failure,
                SqliteException { IsCorrupt: true } => new StoreCorruptException(
                    $"{path} is damaged or no SQLite database. Restore it from a backup; it was not changed.", failure),
                SqliteException or IOException or UnauthorizedAccessException => new StorageException($"Cannot open the store {path}: {failure.Message}", failure),
                _ => failure,
            };
        }
    }

    private static ObjectDisposedException Closed() => new(nameof(SqliteObjectStore), "The object store is closed.");

    private async Task<CommitResult> EnqueueAsync(PendingCommit pending, CancellationToken stop)
    {
        try
        {
            await _waiting.Writer.WriteAsync(pending, stop).ConfigureAwait(false);
        }
        catch (ChannelClosedException)
        {
            throw Closed();
        }

        return await pending.WaitAsync(stop).ConfigureAwait(false);
    }

    private async Task WriteAsync()
    {
        var started = new List<PendingCommit>(MaxBatch);
        while (await _waiting.Reader.WaitToReadAsync().ConfigureAwait(false))
        {
            TakeWaiting(started);
            Commit(started);
            started.Clear();
            TrimWhileIdle();
        }
    }

    private void TakeWaiting(List<PendingCommit> started)
    {
        while (started.Count < MaxBatch && _waiting.Reader.TryRead(out var pending))
        {
            if (pending.TryStart())
            {
                started.Add(pending);
            }
        }
    }

    // Durable first, visible second, answered last. Whoever hears "committed" finds it in memory and on the medium.
    private void Commit(List<PendingCommit> started)
    {
        try
        {
            var at = _time.GetUtcNow();
            var batch = _memory.Begin();
            foreach (var pending in started)
            {
                pending.Judge(pending.Transaction is { } transaction ? batch.Evaluate(transaction) : new CommitResult.Committed(batch.Revision));
            }

            var compactTo = CompactTo(started, at);
            if (batch.Events.Count > 0 || compactTo is not null)
            {
                _log.Append(batch.Events, compactTo, at.ToUnixTimeMilliseconds());
                _memory.Apply(batch, at.ToUnixTimeMilliseconds());
            }

            if (compactTo is { } revision)
            {
                Forget(revision);
            }

            started.ForEach(pending => pending.Answer());
        }
        catch (Exception failure)
        {
            // Nothing of the batch reached memory. A refused medium is the callers' to know; so is a fault of our own, lest they wait for ever.
            var reason = failure is SqliteException ? new StorageException($"The store could not write: {failure.Message}", failure) : failure;
            started.ForEach(pending => pending.Fail(reason));
        }
    }

    private long? CompactTo(List<PendingCommit> started, DateTimeOffset now)
    {
        var wished = started.Max(pending => pending.CompactTo);
        return wished > _memory.Compacted ? wished : Overdue(now);
    }

    // By policy. Done in strides, so that the mark in the file is not rewritten at every commit.
    private long? Overdue(DateTimeOffset now)
    {
        var stride = Math.Max(_options.KeepEventsAtLeast / 10, 1);
        var before = (now - _options.KeepEventsFor).ToUnixTimeMilliseconds();
        return _memory.Overdue(_options.KeepEventsAtMost, _options.KeepEventsAtLeast, before, stride);
    }

    private void Forget(long revision)
    {
        foreach (var happened in _memory.Compact(revision))
        {
            _log.MarkSuperfluous(happened);
        }
    }

    private void TrimWhileIdle()
    {
        try
        {
            while (_log.CanTrim && !_waiting.Reader.TryPeek(out _))
            {
                _log.Trim();
            }
        }
        catch (SqliteException)
        {
            // The rows stay superfluous and go with a later commit. A medium that refuses is reported to those who write.
        }
    }
}
