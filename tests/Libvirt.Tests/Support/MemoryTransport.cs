using System.IO.Pipelines;
using Orchestrator.Libvirt.Transports;

namespace Orchestrator.Libvirt.Tests.Support;

/// <summary>A transport whose other end is in this process.</summary>
internal sealed class MemoryTransport : Transport
{
    private readonly Pipe _toPeer;
    private readonly Pipe _fromPeer = new();

    /// <param name="room">Bytes the peer may leave unread before writes wait.</param>
    public MemoryTransport(int room = 64 * 1024)
    {
        _toPeer = new Pipe(new PipeOptions(pauseWriterThreshold: room, resumeWriterThreshold: room / 2));
        Stream = new DuplexStream(_fromPeer.Reader.AsStream(), _toPeer.Writer.AsStream());
        PeerStream = new DuplexStream(_toPeer.Reader.AsStream(), _fromPeer.Writer.AsStream());
    }

    public override Stream Stream { get; }

    public Stream PeerStream { get; }

    public string? Explanation { get; set; }

    public bool PeerDeclaredDead { get; private set; }

    public override ValueTask<string?> ExplainAsync() => ValueTask.FromResult(Explanation);

    public override void Abort(bool peerIsDead)
    {
        PeerDeclaredDead |= peerIsDead;
        _toPeer.Writer.CancelPendingFlush();
        _fromPeer.Reader.CancelPendingRead();
    }

    /// <summary>The peer closes its side.</summary>
    public void Hangup() => _fromPeer.Writer.Complete();
}
