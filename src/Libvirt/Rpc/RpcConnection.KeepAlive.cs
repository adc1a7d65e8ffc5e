using Orchestrator.Libvirt.Wire;

namespace Orchestrator.Libvirt.Rpc;

/// <summary>virkeepaliveprotocol.x: either side may ping, the other answers at once; any byte received counts as life.</summary>
internal sealed partial class RpcConnection
{
    private const int Ping = 1;
    private const int Pong = 2;

    private ITimer? _keepAlive;
    private int _unanswered;
    private volatile bool _heard;
    private volatile bool _readingPaused;
    private bool _pongQueued;

    /// <summary>Asks the peer for a sign of life after each silent <paramref name="interval"/>; gives up after <paramref name="count"/> unanswered ones.</summary>
    public void StartKeepAlive(TimeSpan interval, int count)
    {
        lock (_gate)
        {
            if (_failure is null)
            {
                _keepAlive = _time.CreateTimer(_ => OnKeepAliveTick(interval, count), state: null, interval, interval);
            }
        }
    }

    private void StopKeepAlive()
    {
        lock (_gate)
        {
            _keepAlive?.Dispose();
        }
    }

    private void OnKeepAliveTick(TimeSpan interval, int count)
    {
        if (_heard || _readingPaused)
        {
            (_heard, _unanswered) = (false, 0);
            return;
        }

        if (_unanswered == count)
        {
            var silence = interval * (count + 1);
            Abort(new LibvirtConnectionException($"the host has been silent for {silence.TotalSeconds:0.###} s (keepalive)"), peerIsDead: true);
            return;
        }

        _unanswered++;
        PostKeepAlive(Ping);
    }

    private void OnKeepAlive(int procedure)
    {
        // One pong at most waits in the queue, so that a peer that pings and never reads costs nothing.
        if (procedure == Ping && !Interlocked.Exchange(ref _pongQueued, true))
        {
            PostKeepAlive(Pong);
        }
    }

    private void PostKeepAlive(int procedure)
    {
        var frame = new byte[ProtocolLimits.HeaderLength];
        new FrameHeader(RpcProgram.KeepAlive, procedure, MessageType.Event, Serial: 0, MessageStatus.Ok).Write(frame);
        _outgoing.Writer.TryWrite(new OutgoingFrame(frame, IsPong: procedure == Pong));
    }
}
