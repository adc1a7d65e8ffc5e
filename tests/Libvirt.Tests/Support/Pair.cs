using Orchestrator.Libvirt.Rpc;
using Orchestrator.Libvirt.Wire;
using Orchestrator.Testing;

namespace Orchestrator.Libvirt.Tests.Support;

/// <summary>A connection and the peer at its other end, under a clock that stands still.</summary>
internal sealed class Pair : IAsyncDisposable
{
    public static readonly TimeSpan CallTimeout = TimeSpan.FromSeconds(30);

    public Pair(int room = 64 * 1024)
    {
        Transport = new MemoryTransport(room);
        Peer = new ScriptedPeer(Transport);
        Connection = new RpcConnection(Transport, Time, maxInFlight: 4, (_, _) => { });
    }

    public ManualTime Time { get; } = new();

    public MemoryTransport Transport { get; }

    public ScriptedPeer Peer { get; }

    public RpcConnection Connection { get; }

    /// <summary>A call whose argument and result are one number.</summary>
    public Task<int> CallAsync(int argument, CancellationToken stop = default) =>
        Connection.CallAsync(Procedure.ConnectGetType, w => w.Int32(argument), WireTypes.Int32, CallTimeout, stop);

    public Task<RpcStream> OpenStreamAsync(Procedure procedure = Procedure.StorageVolUpload) =>
        Connection.OpenStreamAsync(procedure, w => w.Int32(0), CallTimeout, CancellationToken.None);

    /// <summary>A stream both sides agree on.</summary>
    public async Task<(RpcStream Stream, Received Call)> AgreeOnStreamAsync(Procedure procedure = Procedure.StorageVolUpload)
    {
        var opening = OpenStreamAsync(procedure);
        var call = await Peer.ReceiveCallAsync();
        await Peer.ReplyAsync(call);
        return (await opening.Soon(), call);
    }

    public ValueTask DisposeAsync() => Connection.DisposeAsync();
}
