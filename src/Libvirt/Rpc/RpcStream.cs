using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Threading.Channels;
using Orchestrator.Libvirt.Wire;

namespace Orchestrator.Libvirt.Rpc;

/// <summary>Bytes, or a run of zeros that was not sent.</summary>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct StreamPacket(byte[]? Data, long Hole);

/// <summary>
/// A libvirt stream: it shares procedure and serial with the call that opened it. Incoming packets are kept up to a small bound; then the
/// connection stops reading until the consumer takes some, so use a connection of its own for bulk data.
/// </summary>
internal sealed class RpcStream(RpcConnection connection, Procedure procedure)
{
    private const int KeptPackets = 16;
    private const int HolePayload = 12;

    private readonly Channel<StreamPacket> _incoming = Channel.CreateBounded<StreamPacket>(new BoundedChannelOptions(KeptPackets) { SingleReader = true, SingleWriter = true });
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private bool _givenUp;

    public uint Serial { get; set; }

    /// <summary>Completes when the daemon has confirmed the end; fails with its error, or the connection's.</summary>
    public Task Ended => _ended.Task;

    /// <summary>What the daemon sends, until it says that there is no more.</summary>
    public ChannelReader<StreamPacket> Incoming => _incoming.Reader;

    /// <summary>Sends one packet of data.</summary>
    /// <param name="frame">28 bytes of header room, then the data.</param>
    public Task SendAsync(Memory<byte> frame, CancellationToken stop)
    {
        return Ended.IsCompleted ? Ended : connection.SendStreamAsync(Header(MessageType.Stream, MessageStatus.Continue), frame, stop);
    }

    /// <summary>Sends a run of zeros as its length. Only on streams opened as sparse.</summary>
    public Task SendHoleAsync(long length, CancellationToken stop)
    {
        var frame = new byte[ProtocolLimits.HeaderLength + HolePayload];
        BinaryPrimitives.WriteInt64BigEndian(frame.AsSpan(ProtocolLimits.HeaderLength), length);
        return Ended.IsCompleted ? Ended : connection.SendStreamAsync(Header(MessageType.StreamHole, MessageStatus.Continue), frame, stop);
    }

    /// <summary>Says that all is sent or received; the daemon answers on <see cref="Ended"/>.</summary>
    public void Finish() => connection.PostStream(Header(MessageType.Stream, MessageStatus.Ok));

    /// <summary>Gives the stream up. What still arrives is dropped; the daemon's confirmation is not waited for.</summary>
    public void Abort()
    {
        _incoming.Writer.TryComplete();
        if (!Ended.IsCompleted && !Interlocked.Exchange(ref _givenUp, true))
        {
            connection.PostStream(Header(MessageType.Stream, MessageStatus.Error));
        }
    }

    /// <summary>By the receive loop: one packet. Waits while the consumer is behind.</summary>
    internal async ValueTask ReceiveAsync(FrameHeader header, ReadOnlyMemory<byte> payload, CancellationToken aborted)
    {
        switch (header)
        {
            case { Type: MessageType.StreamHole }:
                await KeepAsync(new StreamPacket(Data: null, HoleLength(payload.Span)), aborted).ConfigureAwait(false);
                break;
            case { Status: MessageStatus.Continue } when payload.IsEmpty:
                _incoming.Writer.TryComplete();
                break;
            case { Status: MessageStatus.Continue }:
                for (; !payload.IsEmpty; payload = payload[Math.Min(payload.Length, ProtocolLimits.StreamPayload)..])
                {
                    var part = payload[..Math.Min(payload.Length, ProtocolLimits.StreamPayload)];
                    await KeepAsync(new StreamPacket(part.ToArray(), Hole: 0), aborted).ConfigureAwait(false);
                }

                break;
            case { Status: MessageStatus.Ok }:
                _incoming.Writer.TryComplete();
                _ended.TrySetResult();
                break;
            case { Status: MessageStatus.Error }:
                Fail(Error(payload.Span));
                break;
            default:
                throw new XdrException($"unexpected frame: {header}");
        }
    }

    internal void Fail(LibvirtException reason)
    {
        _incoming.Writer.TryComplete(reason);
        _ended.TrySetException(reason);
        _ = _ended.Task.Exception; // observed: the opener may never look
    }

    private async ValueTask KeepAsync(StreamPacket packet, CancellationToken aborted)
    {
        try
        {
            await _incoming.Writer.WriteAsync(packet, aborted).ConfigureAwait(false);
        }
        catch (ChannelClosedException)
        {
            // given up by the consumer: dropped
        }
    }

    private static long HoleLength(ReadOnlySpan<byte> payload)
    {
        var length = new XdrReader(payload).Int64();
        return length >= 0 ? length : throw new XdrException($"hole of {length} bytes");
    }

    private static LibvirtException Error(ReadOnlySpan<byte> payload)
    {
        try
        {
            var reader = new XdrReader(payload);
            return WireTypes.Error(ref reader);
        }
        catch (XdrException e)
        {
            return new LibvirtProtocolException($"the stream's error cannot be understood: {e.Message}", e);
        }
    }

    private FrameHeader Header(MessageType type, MessageStatus status) => new(RpcProgram.Remote, (int)procedure, type, Serial, status);
}
