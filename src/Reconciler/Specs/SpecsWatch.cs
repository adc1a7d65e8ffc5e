using System.Threading.Channels;

namespace Orchestrator.Reconciler.Specs;

/// <summary>
/// Hints that something in a folder changed, or that another folder took its place. Only hints: they may be missed
/// (then the rescan finds the change), doubled, or about nothing.
/// </summary>
internal sealed class SpecsWatch(string folder) : IDisposable
{
    private readonly Channel<bool> _hints = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });
    private readonly string _folder = Path.TrimEndingDirectorySeparator(Path.GetFullPath(folder));
    private FileSystemWatcher? _inside;
    private FileSystemWatcher? _around;
    private DateTime _born;
    private volatile bool _broken;

    /// <summary>Watches the folder that is there now; it may be another than last time. Without a folder there are no hints.</summary>
    public void Attach()
    {
        var info = new DirectoryInfo(_folder);
        if (info.Exists && info.CreationTimeUtc == _born && _inside is not null && !_broken)
        {
            return;
        }

        _inside?.Dispose();
        _around?.Dispose();
        _broken = false;
        _born = info.CreationTimeUtc;
        _around = Path.GetDirectoryName(_folder) is { } parent ? Watch(parent, Path.GetFileName(_folder), deep: false) : null;
        _inside = Watch(info.LinkTarget is null ? _folder : info.ResolveLinkTarget(returnFinalTarget: true)?.FullName ?? _folder, "*", deep: true);
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

    public void Dispose()
    {
        _inside?.Dispose();
        _around?.Dispose();
    }

    /// <summary>Null when there is nothing to watch, or the system lets nobody watch any more.</summary>
    private FileSystemWatcher? Watch(string path, string filter, bool deep)
    {
        FileSystemWatcher? watcher = null;
        try
        {
            watcher = new(path, filter) { IncludeSubdirectories = deep };
            watcher.Changed += Hint;
            watcher.Created += Hint;
            watcher.Deleted += Hint;
            watcher.Renamed += Hint;
            watcher.Error += Broken;
            watcher.EnableRaisingEvents = true;
            return watcher;
        }
        catch (Exception problem) when (problem is IOException or ArgumentException or UnauthorizedAccessException)
        {
            watcher?.Dispose();
            return null;
        }
    }

    private void Hint(object sender, FileSystemEventArgs change) => _hints.Writer.TryWrite(true);

    private void Broken(object sender, ErrorEventArgs problem)
    {
        _broken = true;
        _hints.Writer.TryWrite(true);
    }
}
