using System.Threading.Channels;
using Orchestrator.Libvirt.Transports;
using Orchestrator.Libvirt.Wire;

namespace Orchestrator.Libvirt.Rpc;

/// <summary>
/// One libvirt RPC connection: two loops (send, receive), one gate, and <see cref="Abort"/>, through which every way to die leads.
/// The first failure wins; every waiter is completed exactly once.
/// </summary>
internal sealed partial class RpcConnection : IAsyncDisposable
{
    private readonly Transport _transport;
    private readonly TimeProvider _time;
    private readonly int _maxInFlight;
    private readonly Action<Procedure, ReadOnlyMemory<byte>> _onEvent;

    private readonly Lock _gate = new();
    private readonly Dictionary<uint, PendingCall> _pending = [];
    private readonly LinkedList<PendingCall> _waiting = [];
    private readonly Dictionary<uint, RpcStream> _streams = [];
    private uint _serial;
    private int _abandoned;
    private LibvirtConnectionException? _failure;

    private readonly Channel<OutgoingFrame> _outgoing = Channel.CreateUnbounded<OutgoingFrame>(new() { SingleReader = true });
    private readonly CancellationTokenSource _aborted = new();
    private readonly TaskCompletionSource _closed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Task _loops;

    /// <param name="transport">Owned by the connection from here on.</param>
    /// <param name="onEvent">Called by the receive loop for each event message; must not block.</param>
    public RpcConnection(Transport transport, TimeProvider time, int maxInFlight, Action<Procedure, ReadOnlyMemory<byte>> onEvent)
    {
        (_transport, _time, _maxInFlight, _onEvent) = (transport, time, maxInFlight, onEvent);
        Aborted = _aborted.Token;
        _loops = Task.WhenAll(Task.Run(ReceiveLoopAsync), Task.Run(SendLoopAsync));
    }

    /// <summary>Completes, never faults, when the connection is dead; <see cref="Failure"/> says why.</summary>
    public Task Closed => _closed.Task;

    /// <summary>Cancelled when the connection is dead.</summary>
    public CancellationToken Aborted { get; }

    public LibvirtConnectionException? Failure
    {
        get
        {
            lock (_gate)
            {
                return _failure;
            }
        }
    }

    /// <summary>Calls given up by their callers whose slots are still taken.</summary>
    public int AbandonedCalls
    {
        get
        {
            lock (_gate)
            {
                return _abandoned;
            }
        }
    }

    /// <summary>Ends the connection. Idempotent: the first reason is kept and given to every waiter.</summary>
    /// <param name="peerIsDead">The peer stopped answering, so that the road to it (ssh) is of no use either.</param>
    public void Abort(LibvirtConnectionException reason, bool peerIsDead = false)
    {
        PendingCall[] calls;
        RpcStream[] streams;
        lock (_gate)
        {
            if (_failure is not null)
            {
                return;
            }

            _failure = reason;
            calls = [.. _pending.Values, .. _waiting];
            streams = [.. _streams.Values];
            _pending.Clear();
            _waiting.Clear();
            _streams.Clear();
        }

        StopKeepAlive();
        _outgoing.Writer.TryComplete();
        _ = _aborted.CancelAsync(); // callbacks of users run elsewhere and cannot break what follows
        _transport.Abort(peerIsDead);
        foreach (var call in calls)
        {
            call.Fail(reason.Again());
        }

        foreach (var stream in streams)
        {
            stream.Fail(reason.Again());
        }

        _closed.TrySetResult();
    }

    public async ValueTask DisposeAsync()
    {
        Abort(new LibvirtConnectionException("the connection was closed by this side"));
        await _loops.ConfigureAwait(false);
        await _transport.DisposeAsync().ConfigureAwait(false);
    }

    /// <summary>For the loops: adds what the transport knows (ssh's words) and aborts.</summary>
    private async Task FailAsync(Exception cause)
    {
        if (Failure is not null)
        {
            return;
        }

        var explanation = await _transport.ExplainAsync().ConfigureAwait(false);
        Abort(new LibvirtConnectionException(explanation is null ? cause.Message : $"{cause.Message}: {explanation}", cause));
    }

    private void ThrowIfDead_NeedsLock()
    {
        if (_failure is not null)
        {
            throw _failure.Again();
        }
    }
}
