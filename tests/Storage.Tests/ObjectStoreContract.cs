using System.Text;

namespace Orchestrator.Storage.Tests;

/// <summary>What every engine must do. An engine's test class says how to open one on fresh ground.</summary>
public abstract partial class ObjectStoreContract : IAsyncDisposable
{
    private static readonly CancellationToken None = CancellationToken.None;
    private IObjectStore? _store;

    protected IObjectStore Store => _store ?? throw new InvalidOperationException("Not opened.");

    public async ValueTask DisposeAsync()
    {
        if (_store is not null)
        {
            await _store.DisposeAsync();
        }

        await CleanUpAsync();
        GC.SuppressFinalize(this);
    }

    /// <summary>Opens the store of this test; the second time with what the first left behind.</summary>
    protected abstract Task<IObjectStore> OpenAsync();

    protected virtual ValueTask CleanUpAsync() => ValueTask.CompletedTask;

    protected async Task<IObjectStore> ReopenAsync()
    {
        if (_store is not null)
        {
            await _store.DisposeAsync();
        }

        return _store = await OpenAsync();
    }

    private static byte[] Bytes(string text) => Encoding.UTF8.GetBytes(text);

    private static string Text(Entry entry) => Encoding.UTF8.GetString(entry.Value.Span);

    private static long Revision(CommitResult result) => Assert.IsType<CommitResult.Committed>(result).Revision;
}
