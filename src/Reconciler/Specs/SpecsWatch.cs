using System.Threading.Channels;

namespace Orchestrator.Reconciler.Specs;

/// <summary>
/// Hints that something in a folder changed. Only hints: they may be missed (then the rescan finds the change), doubled, or about nothing.
/// </summary>
internal sealed class SpecsWatch(string folder) : IDisposable
{
    private readonly Channel<bool> _hints = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });
    private FileSystemWatcher? _watcher;
    private DateTime _born;

    /// <summary>Watches the folder that is there now; another one may have taken its place. Without a folder there are no hints.</summary>
    public void Attach()
    {
        var info = new DirectoryInfo(folder);
        if (_watcher is not null && info.Exists && info.CreationTimeUtc == _born)
        {
            return;
        }

        _watcher?.Dispose();
        _watcher = null;
        try
        {
            _born = info.CreationTimeUtc;
            _watcher = new(info.ResolveLinkTarget(returnFinalTarget: true)?.FullName ?? info.FullName) { IncludeSubdirectories = true };
            _watcher.Changed += Hint;
            _watcher.Created += Hint;
            _watcher.Deleted += Hint;
            _watcher.Renamed += Hint;
            _watcher.Error += Broken;
            _watcher.EnableRaisingEvents = true;
        }
        catch (Exception problem) when (problem is IOException or ArgumentException or UnauthorizedAccessException)
        {
            _watcher?.Dispose();
            _watcher = null;
        }
    }

    /// <summary>Waits for a hint. False when none came in time.</summary>
    public async ValueTask<bool> NextAsync(TimeSpan patience, TimeProvider time, CancellationToken stop)
    {
        using var limit = new CancellationTokenSource(patience, time);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, stop);
        try
        {
            return await _hints.Reader.ReadAsync(both.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (!stop.IsCancellationRequested)
        {
            return false;
        }
    }

    public void Dispose() => _watcher?.Dispose();

    private void Hint(object sender, FileSystemEventArgs change) => _hints.Writer.TryWrite(true);

    private void Broken(object sender, ErrorEventArgs problem)
    {
        _born = default;
        _hints.Writer.TryWrite(true);
    }
}
