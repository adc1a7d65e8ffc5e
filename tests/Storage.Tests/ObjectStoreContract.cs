using System.Text;

namespace Orchestrator.Storage.Tests;

/// <summary>What every engine must do. An engine's test class says how to open one on fresh ground.</summary>
public abstract partial class ObjectStoreContract : IAsyncLifetime
{
    private static readonly CancellationToken None = CancellationToken.None;
    private IObjectStore? _store;

    protected IObjectStore Store => _store ?? throw new InvalidOperationException("Not opened.");

    /// <summary>Ends a wait for something that does not come.</summary>
    protected CancellationToken Deadline { get; } = new CancellationTokenSource(TimeSpan.FromSeconds(60)).Token;

    /// <summary>How many events a watcher of the opened store may leave unread.</summary>
    protected abstract int WatchBuffer { get; }

    public virtual async Task InitializeAsync() => await ReopenAsync();

    public virtual async Task DisposeAsync() => await Store.DisposeAsync();

    /// <summary>Opens the store of this test; the second time with what the first left behind.</summary>
    protected abstract Task<IObjectStore> OpenAsync();

    /// <summary>Empties the store of this test, which is closed, so that the next opening finds fresh ground.</summary>
    protected abstract void Erase();

    protected async Task ReopenAsync()
    {
        if (_store is not null)
        {
            await _store.DisposeAsync();
        }

        _store = await OpenAsync();
    }

    protected static byte[] Bytes(string text) => Encoding.UTF8.GetBytes(text);

    protected static string Text(Entry entry) => Encoding.UTF8.GetString(entry.Value.Span);

    protected static long Revision(CommitResult result) => Assert.IsType<CommitResult.Committed>(result).Revision;

    protected async Task<string?> ReadAsync(string key) => await Store.GetAsync(key, None) is { } entry ? Text(entry) : null;

    /// <summary>The first so many events under the prefix after the revision.</summary>
    protected async Task<IReadOnlyList<StoreEvent>> TakeAsync(string prefix, long after, int count)
    {
        var taken = new List<StoreEvent>();
        if (count > 0)
        {
            await foreach (var happened in Store.WatchAsync(prefix, after, Deadline))
            {
                taken.Add(happened);
                if (taken.Count == count)
                {
                    break;
                }
            }
        }

        return taken;
    }
}
