using Orchestrator.Libvirt.Wire;

namespace Orchestrator.Libvirt.Rpc;

internal sealed partial class RpcConnection
{
    /// <summary>Makes one call. Waiting for one of the few slots counts against the deadline.</summary>
    /// <exception cref="LibvirtOperationException">The daemon refused.</exception>
    /// <exception cref="LibvirtTimeoutException">No answer in time; the call keeps its slot until the answer comes.</exception>
    /// <exception cref="LibvirtConnectionException">The connection is dead.</exception>
    public Task<T> CallAsync<T>(Procedure procedure, Action<XdrWriter>? arguments, Decode<T> decode, TimeSpan timeout, CancellationToken stop)
    {
        var writer = new XdrWriter();
        arguments?.Invoke(writer);
        return CallAsync(new PendingCall<T>(procedure, writer.Frame, decode), timeout, stop);
    }

    /// <summary>Makes a call that opens a stream; the stream is ready when the daemon has agreed.</summary>
    public async Task<RpcStream> OpenStreamAsync(Procedure procedure, Action<XdrWriter> arguments, TimeSpan timeout, CancellationToken stop)
    {
        var writer = new XdrWriter();
        arguments(writer);
        var stream = new RpcStream(this, procedure);
        var call = new PendingCall<bool>(procedure, writer.Frame, static (ref reader) => true) { Stream = stream };
        await CallAsync(call, timeout, stop).ConfigureAwait(false);
        return stream;
    }

    private async Task<T> CallAsync<T>(PendingCall<T> call, TimeSpan timeout, CancellationToken stop)
    {
        stop.ThrowIfCancellationRequested();
        Submit(call);
        try
        {
            return await call.Result.WaitAsync(timeout, _time, stop).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            Abandon(call);
            throw new LibvirtTimeoutException(call.Procedure.ToString(), timeout);
        }
        catch (OperationCanceledException)
        {
            Abandon(call);
            throw;
        }
    }

    private void Submit(PendingCall call)
    {
        lock (_gate)
        {
            ThrowIfDead_NeedsLock();
            if (_pending.Count < _maxInFlight)
            {
                Send_NeedsLock(call);
            }
            else
            {
                call.Waiting = _waiting.AddLast(call);
            }
        }
    }

    private void Send_NeedsLock(PendingCall call)
    {
        call.Serial = ++_serial;
        _pending.Add(call.Serial, call);
        if (call.Stream is { } stream)
        {
            stream.Serial = call.Serial;
            _streams.Add(call.Serial, stream);
        }

        new FrameHeader(RpcProgram.Remote, (int)call.Procedure, MessageType.Call, call.Serial, MessageStatus.Ok).Write(call.Frame.Span);
        _outgoing.Writer.TryWrite(new OutgoingFrame(call.Frame));
        call.Frame = default;
    }

    /// <summary>A call that was not sent yet is forgotten; a sent one cannot be taken back and keeps its slot.</summary>
    private void Abandon(PendingCall call)
    {
        lock (_gate)
        {
            if (call.Waiting is { List: not null } node)
            {
                _waiting.Remove(node);
            }
            else if (_pending.ContainsKey(call.Serial))
            {
                call.Abandoned = true;
                _abandoned++;
            }
            else if (call.Stream is { } opened && _failure is null)
            {
                opened.Abort(); // the daemon agreed at the very moment the caller gave up
            }
        }
    }

    /// <summary>Takes the replied call out of the table and gives its slot to the next.</summary>
    private PendingCall? Finish(FrameHeader header)
    {
        lock (_gate)
        {
            if (!_pending.Remove(header.Serial, out var call))
            {
                return null;
            }

            if (_waiting.First is { } next)
            {
                _waiting.RemoveFirst();
                Send_NeedsLock(next.Value);
            }

            if (call.Abandoned)
            {
                _abandoned--;
            }

            if (call.Stream is { } stream)
            {
                if (header.Status is not MessageStatus.Ok)
                {
                    _streams.Remove(header.Serial);
                }
                else if (call.Abandoned)
                {
                    stream.Abort();
                }
            }

            return call;
        }
    }
}
