using Orchestrator.Libvirt.Wire;

namespace Orchestrator.Libvirt.Tests.Support;

/// <summary>A frame as the peer sees it.</summary>
internal sealed record Received(FrameHeader Header, byte[] Payload);

/// <summary>The daemon's side of a connection, played by the test with the same codec.</summary>
internal sealed class ScriptedPeer(MemoryTransport transport)
{
    public async Task<Received> ReceiveAsync()
    {
        var length = new byte[4];
        await transport.PeerStream.ReadExactlyAsync(length).AsTask().WaitAsync(Deadline.Time);
        var frame = new byte[System.Buffers.Binary.BinaryPrimitives.ReadInt32BigEndian(length)];
        length.CopyTo(frame, 0);
        await transport.PeerStream.ReadExactlyAsync(frame.AsMemory(4)).AsTask().WaitAsync(Deadline.Time);
        return new Received(FrameHeader.Read(frame), frame[ProtocolLimits.HeaderLength..]);
    }

    /// <summary>The next frame that is not a keepalive.</summary>
    public async Task<Received> ReceiveCallAsync()
    {
        while (true)
        {
            var received = await ReceiveAsync();
            if (received.Header.Program == RpcProgram.Remote)
            {
                return received;
            }
        }
    }

    public Task SendAsync(FrameHeader header, Action<XdrWriter>? payload = null) => SendRawAsync(Frame(header, payload));

    public async Task SendRawAsync(ReadOnlyMemory<byte> bytes)
    {
        await transport.PeerStream.WriteAsync(bytes);
        await transport.PeerStream.FlushAsync(CancellationToken.None);
    }

    public Task ReplyAsync(Received call, Action<XdrWriter>? payload = null) =>
        SendAsync(call.Header with { Type = MessageType.Reply, Status = MessageStatus.Ok }, payload);

    public Task ReplyErrorAsync(Received call, LibvirtErrorCode code, string message) =>
        SendAsync(call.Header with { Type = MessageType.Reply, Status = MessageStatus.Error }, w => Error(w, code, message));

    public Task StreamAsync(Received call, MessageStatus status, ReadOnlyMemory<byte> data = default)
    {
        var frame = new byte[ProtocolLimits.HeaderLength + data.Length];
        data.CopyTo(frame.AsMemory(ProtocolLimits.HeaderLength));
        (call.Header with { Type = MessageType.Stream, Status = status }).Write(frame);
        return SendRawAsync(frame);
    }

    public Task HoleAsync(Received call, long length) =>
        SendAsync(call.Header with { Type = MessageType.StreamHole, Status = MessageStatus.Continue }, w => w.Int64(length).UInt32(0));

    public Task PingAsync() => SendAsync(new FrameHeader(RpcProgram.KeepAlive, Procedure: 1, MessageType.Event, Serial: 0, MessageStatus.Ok));

    public Task EventAsync(Procedure procedure, Action<XdrWriter> payload) =>
        SendAsync(new FrameHeader(RpcProgram.Remote, (int)procedure, MessageType.Event, Serial: 0, MessageStatus.Ok), payload);

    /// <summary>Answers the opening calls of a connection.</summary>
    public async Task AcceptOpenAsync(bool keepAlive = true)
    {
        await ReplyAsync(await ReceiveCallAsync(), w => w.UInt32(1).Int32(0));
        if (keepAlive)
        {
            await ReplyAsync(await ReceiveCallAsync(), w => w.Int32(1));
        }

        await ReplyAsync(await ReceiveCallAsync());
    }

    public static byte[] Frame(FrameHeader header, Action<XdrWriter>? payload = null)
    {
        var writer = new XdrWriter();
        payload?.Invoke(writer);
        var frame = writer.Frame.ToArray();
        header.Write(frame);
        return frame;
    }

    public static void Error(XdrWriter writer, LibvirtErrorCode code, string message) =>
        writer.Int32((int)code).Int32(10).OptionalString(message).Int32(2).UInt32(0)
            .OptionalString(message).OptionalString(null).OptionalString(null).Int32(0).Int32(0).UInt32(0);
}
