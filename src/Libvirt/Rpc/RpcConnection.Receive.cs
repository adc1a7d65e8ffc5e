using Orchestrator.Libvirt.Wire;

namespace Orchestrator.Libvirt.Rpc;

internal sealed partial class RpcConnection
{
    private async Task ReceiveLoopAsync()
    {
        try
        {
            var frames = new FrameBuffer();
            while (true)
            {
                var count = await _transport.Stream.ReadAsync(frames.Free, Aborted).ConfigureAwait(false);
                if (count == 0)
                {
                    throw new EndOfStreamException("libvirtd closed the connection");
                }

                _heard = true;
                frames.Advance(count);
                while (frames.TryRead(out var frame))
                {
                    await DispatchAsync(frame).ConfigureAwait(false);
                }
            }
        }
        catch (Exception e)
        {
            await FailAsync(e).ConfigureAwait(false);
        }
    }

    /// <summary>A frame that breaks the protocol ends the connection: what follows it cannot be trusted.</summary>
    private ValueTask DispatchAsync(ReadOnlyMemory<byte> frame)
    {
        var header = FrameHeader.Read(frame.Span);
        var payload = frame[ProtocolLimits.HeaderLength..];
        switch (header)
        {
            case { Program: RpcProgram.KeepAlive, Type: MessageType.Event }:
                OnKeepAlive(header.Procedure);
                return default;
            case { Program: RpcProgram.Remote, Type: MessageType.Reply }:
                OnReply(header, payload.Span);
                return default;
            case { Program: RpcProgram.Remote, Type: MessageType.Event }:
                _onEvent((Procedure)header.Procedure, payload);
                return default;
            case { Program: RpcProgram.Remote, Type: MessageType.Stream or MessageType.StreamHole }:
                return OnStreamPacketAsync(header, payload);
            default:
                throw new XdrException($"unexpected frame: {header}");
        }
    }

    private void OnReply(FrameHeader header, ReadOnlySpan<byte> payload)
    {
        var call = Finish(header) ?? throw new XdrException($"reply to call {header.Serial}, which is not under way");
        try
        {
            if (header.Procedure != (int)call.Procedure)
            {
                throw new XdrException($"reply of procedure {header.Procedure}");
            }

            var reader = new XdrReader(payload);
            switch (header.Status)
            {
                case MessageStatus.Ok:
                    call.Complete(ref reader);
                    break;
                case MessageStatus.Error:
                    call.Fail(WireTypes.Error(ref reader));
                    break;
                default:
                    throw new XdrException($"reply with status {(int)header.Status}");
            }
        }
        catch (Exception e)
        {
            // Whatever went wrong, the call has left the table and only we can complete it.
            call.Fail(new LibvirtProtocolException($"the answer to {call.Procedure} cannot be understood: {e.Message}", e));
        }
    }

    private async ValueTask OnStreamPacketAsync(FrameHeader header, ReadOnlyMemory<byte> payload)
    {
        RpcStream? stream;
        lock (_gate)
        {
            stream = _streams.GetValueOrDefault(header.Serial);
            if (header is { Type: MessageType.Stream, Status: not MessageStatus.Continue })
            {
                _streams.Remove(header.Serial);
            }
        }

        if (stream is null)
        {
            return; // packets sent before the daemon saw the stream's end are expected
        }

        _readingPaused = true; // the consumer may make us wait, which is not the peer's silence
        await stream.ReceiveAsync(header, payload, Aborted).ConfigureAwait(false);
        _readingPaused = false;
        _heard = true;
    }
}
