using Orchestrator.Libvirt.Events;
using Orchestrator.Libvirt.Rpc;
using Orchestrator.Libvirt.Transports;
using Orchestrator.Libvirt.Wire;

namespace Orchestrator.Libvirt;

/// <summary>
/// One connection to a libvirt daemon. Calls may be made concurrently and are answered in any order; at most
/// <see cref="LibvirtOptions.MaxCallsInFlight"/> are under way, the rest wait here. Every call has a deadline, throws
/// <see cref="LibvirtOperationException"/> when the daemon refuses, <see cref="LibvirtTimeoutException"/> when the deadline passes and
/// <see cref="LibvirtConnectionException"/> when the connection is dead. Cancelling a call stops the wait, not what the daemon does.
/// </summary>
public sealed partial class LibvirtConnection : IAsyncDisposable
{
    private const int AuthNone = 0;
    private const int AuthPolkit = 2;
    private const int FeatureProgramKeepAlive = 10;
    private const uint OpenReadOnly = 1;
    private static readonly TimeSpan CloseTimeout = TimeSpan.FromSeconds(1);

    private readonly RpcConnection _rpc;
    private readonly EventBuffer _events;
    private readonly LibvirtOptions _options;
    private readonly TimeProvider _time;
    private readonly NameTable _names = new(); // used by the receive loop only

    private LibvirtConnection(Transport transport, LibvirtOptions options, TimeProvider time)
    {
        (_options, _time) = (options, time);
        _events = new EventBuffer(options.EventBuffer);
        _rpc = new RpcConnection(transport, time, options.MaxCallsInFlight, _events.Add);
        _ = CompleteEventsAsync();
    }

    /// <summary>Completes, and never faults, when the connection is dead or disposed of.</summary>
    public Task Closed => _rpc.Closed;

    /// <summary>Cancelled when the connection is dead.</summary>
    public CancellationToken Aborted => _rpc.Aborted;

    /// <summary>Why the connection is dead; null while it works.</summary>
    public LibvirtConnectionException? Failure => _rpc.Failure;

    /// <summary>
    /// Calls that were cancelled or timed out and which the daemon has not answered yet. They occupy slots: when there are
    /// <see cref="LibvirtOptions.MaxCallsInFlight"/> of them, nothing more gets through and a new connection is needed.
    /// </summary>
    public int AbandonedCalls => _rpc.AbandonedCalls;

    /// <summary>The order is that of libvirt's own client: authentication, keepalive, open.</summary>
    internal static async Task<LibvirtConnection> OpenAsync(Transport transport, string uri, LibvirtOptions options, TimeProvider time, CancellationToken stop)
    {
        var connection = new LibvirtConnection(transport, options, time);
        try
        {
            await connection.AuthenticateAsync(stop).ConfigureAwait(false);
            if (options.KeepAliveInterval > TimeSpan.Zero && await connection.AnnounceKeepAliveAsync(stop).ConfigureAwait(false))
            {
                connection._rpc.StartKeepAlive(options.KeepAliveInterval, options.KeepAliveCount);
            }

            var flags = options.ReadOnly ? OpenReadOnly : 0;
            await connection.CallAsync(Procedure.ConnectOpen, w => w.OptionalString(uri).UInt32(flags), stop).ConfigureAwait(false);
            return connection;
        }
        catch
        {
            await connection._rpc.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>Tells the daemon and closes the connection; calls under way fail.</summary>
    public async ValueTask DisposeAsync()
    {
        try
        {
            await _rpc.CallAsync(Procedure.ConnectClose, arguments: null, Nothing, CloseTimeout, CancellationToken.None).ConfigureAwait(false);
        }
        catch (LibvirtException)
        {
            // the daemon also notices the end of the stream
        }

        _events.Complete(reason: null);
        await _rpc.DisposeAsync().ConfigureAwait(false);
    }

    private async Task CompleteEventsAsync()
    {
        await _rpc.Closed.ConfigureAwait(false);
        _events.Complete(_rpc.Failure?.Again());
    }

    private async Task AuthenticateAsync(CancellationToken stop)
    {
        var offered = await CallAsync(
            Procedure.AuthList, arguments: null, static (ref r) => r.Array(ProtocolLimits.MaxAuthTypes, itemBytes: 4, WireTypes.Int32), stop).ConfigureAwait(false);
        if (offered.Contains(AuthPolkit))
        {
            await CallAsync(Procedure.AuthPolkit, arguments: null, stop).ConfigureAwait(false);
        }
        else if (offered.Length > 0 && !offered.Contains(AuthNone))
        {
            throw new LibvirtConnectionException("the daemon asks for SASL authentication, which is not supported; use ssh, or TLS with a client certificate");
        }
    }

    /// <summary>Asking for the feature is also what makes the daemon ping us.</summary>
    private Task<bool> AnnounceKeepAliveAsync(CancellationToken stop) =>
        CallAsync(Procedure.ConnectSupportsFeature, w => w.Int32(FeatureProgramKeepAlive), WireTypes.Bool, stop);

    private Task<T> CallAsync<T>(Procedure procedure, Action<XdrWriter>? arguments, Decode<T> result, CancellationToken stop) =>
        _rpc.CallAsync(procedure, arguments, result, _options.CallTimeout, stop);

    private Task CallAsync(Procedure procedure, Action<XdrWriter>? arguments, CancellationToken stop) =>
        _rpc.CallAsync(procedure, arguments, Nothing, _options.CallTimeout, stop);

    /// <summary>For calls that start, stop or copy something at the host, or wait for a domain's job.</summary>
    private Task<T> LongCallAsync<T>(Procedure procedure, Action<XdrWriter>? arguments, Decode<T> result, CancellationToken stop) =>
        _rpc.CallAsync(procedure, arguments, result, _options.LongCallTimeout, stop);

    private Task LongCallAsync(Procedure procedure, Action<XdrWriter>? arguments, CancellationToken stop) =>
        _rpc.CallAsync(procedure, arguments, Nothing, _options.LongCallTimeout, stop);

    /// <summary>A look-up where the thing's absence is an answer.</summary>
    private static async Task<T?> OrNullAsync<T>(Task<T> lookup, LibvirtErrorCode absent)
        where T : class
    {
        try
        {
            return await lookup.ConfigureAwait(false);
        }
        catch (LibvirtOperationException e) when (e.Code == absent)
        {
            return null;
        }
    }

    private static bool Nothing(ref XdrReader reader) => true;
}
