using Orchestrator.Libvirt.Wire;

namespace Orchestrator.Libvirt.Rpc;

internal sealed partial class RpcConnection
{
    private async Task SendLoopAsync()
    {
        try
        {
            // Never a caller's token: a frame is written whole or the connection is dead.
            await foreach (var frame in _outgoing.Reader.ReadAllAsync(Aborted).ConfigureAwait(false))
            {
                if (frame.IsPong)
                {
                    Volatile.Write(ref _pongQueued, false);
                }

                await _transport.Stream.WriteAsync(frame.Bytes, Aborted).ConfigureAwait(false);
                await _transport.Stream.FlushAsync(Aborted).ConfigureAwait(false);
                frame.Written?.TrySetResult();
            }
        }
        catch (Exception e)
        {
            await FailAsync(e).ConfigureAwait(false);
        }
    }

    /// <summary>Queues a stream packet; completes when it has been written, so that a sender keeps to the peer's pace.</summary>
    /// <param name="frame">Header room and payload; must stay untouched until then, or until the connection is dead.</param>
    public async Task SendStreamAsync(FrameHeader header, Memory<byte> frame, CancellationToken stop)
    {
        header.Write(frame.Span);
        var written = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        if (!_outgoing.Writer.TryWrite(new OutgoingFrame(frame, written)))
        {
            throw Failure!.Again();
        }

        using var dead = Aborted.UnsafeRegister(static (state, token) => ((TaskCompletionSource)state!).TrySetCanceled(token), written);
        try
        {
            await written.Task.WaitAsync(stop).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (Failure is { } failure)
        {
            throw failure.Again();
        }
    }

    /// <summary>Queues a packet without payload that nobody waits for.</summary>
    public void PostStream(FrameHeader header)
    {
        var frame = new byte[ProtocolLimits.HeaderLength];
        header.Write(frame);
        _outgoing.Writer.TryWrite(new OutgoingFrame(frame));
    }
}
