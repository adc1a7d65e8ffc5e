namespace Orchestrator.Libvirt.Transports;

/// <summary>A byte stream in both directions to one libvirt daemon.</summary>
internal abstract class Transport : IAsyncDisposable
{
    /// <summary>Reads and writes may run at the same time; a read is cancellable.</summary>
    public abstract Stream Stream { get; }

    /// <summary>Why the stream ended, where something beside the stream knows it (ssh's error output); null if nothing does.</summary>
    public virtual ValueTask<string?> ExplainAsync() => ValueTask.FromResult<string?>(null);

    /// <summary>Ends the stream at once; reads and writes under way fail. <paramref name="peerIsDead"/>: whatever else leads to that peer is of no use either.</summary>
    public virtual void Abort(bool peerIsDead) => Stream.Dispose();

    public virtual ValueTask DisposeAsync() => Stream.DisposeAsync();
}
