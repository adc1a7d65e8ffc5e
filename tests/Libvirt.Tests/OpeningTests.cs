using Orchestrator.Libvirt.Tests.Support;
using Orchestrator.Libvirt.Wire;
using Orchestrator.Testing;

namespace Orchestrator.Libvirt.Tests;

public sealed class OpeningTests
{
    [Fact]
    public async Task Authentication_comes_first_then_keepalive_then_the_URI()
    {
        var transport = new MemoryTransport();
        var peer = new ScriptedPeer(transport);
        var opening = OpenAsync(transport, LibvirtOptions.Default with { ReadOnly = true });
        var authentication = await peer.ReceiveCallAsync();
        Assert.Equal(Procedure.AuthList, (Procedure)authentication.Header.Procedure);
        await peer.ReplyAsync(authentication, w => w.UInt32(1).Int32(2));
        var polkit = await peer.ReceiveCallAsync();
        Assert.Equal(Procedure.AuthPolkit, (Procedure)polkit.Header.Procedure);
        await peer.ReplyAsync(polkit, w => w.Int32(1));
        var keepAlive = await peer.ReceiveCallAsync();
        Assert.Equal((Procedure.ConnectSupportsFeature, "0000000a"), ((Procedure)keepAlive.Header.Procedure, Convert.ToHexStringLower(keepAlive.Payload)));
        await peer.ReplyAsync(keepAlive, w => w.Int32(1));
        var open = await peer.ReceiveCallAsync();
        Assert.Equal(Procedure.ConnectOpen, (Procedure)open.Header.Procedure);
        Assert.Equal(new XdrWriter().OptionalString("qemu:///system").UInt32(1).Payload.ToArray(), open.Payload);
        await peer.ReplyAsync(open);
        var connection = await opening.Soon();
        var closing = connection.DisposeAsync();
        var close = await peer.ReceiveCallAsync();
        Assert.Equal(Procedure.ConnectClose, (Procedure)close.Header.Procedure);
        await peer.ReplyAsync(close);
        await closing.AsTask().Soon();
        Assert.True(connection.Closed.IsCompletedSuccessfully);
    }

    [Fact]
    public async Task A_daemon_that_wants_SASL_is_a_clear_refusal()
    {
        var transport = new MemoryTransport();
        var peer = new ScriptedPeer(transport);
        var opening = OpenAsync(transport, LibvirtOptions.Default);
        await peer.ReplyAsync(await peer.ReceiveCallAsync(), w => w.UInt32(1).Int32(1));
        Assert.Contains("SASL", (await Assert.ThrowsAsync<LibvirtConnectionException>(() => opening.Soon())).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_refused_URI_keeps_the_daemon_s_code()
    {
        var transport = new MemoryTransport();
        var peer = new ScriptedPeer(transport);
        var opening = OpenAsync(transport, LibvirtOptions.Default with { KeepAliveInterval = TimeSpan.Zero });
        await peer.ReplyAsync(await peer.ReceiveCallAsync(), w => w.UInt32(0));
        await peer.ReplyErrorAsync(await peer.ReceiveCallAsync(), LibvirtErrorCode.NoConnect, "no connection driver available");
        Assert.Equal(LibvirtErrorCode.NoConnect, (await Assert.ThrowsAsync<LibvirtOperationException>(() => opening.Soon())).Code);
    }

    [Fact]
    public async Task Events_reach_the_reader_and_its_end_says_why()
    {
        var transport = new MemoryTransport();
        var peer = new ScriptedPeer(transport);
        var opening = OpenAsync(transport, LibvirtOptions.Default);
        await peer.AcceptOpenAsync();
        var connection = await opening.Soon();
        var domain = new DomainRef("vm", Guid.NewGuid(), 3);
        await peer.EventAsync(Procedure.DomainEventCallbackLifecycle, w => w.Int32(0).Domain(domain).Int32(5).Int32(1));
        var events = connection.ReadEventsAsync(CancellationToken.None).GetAsyncEnumerator();
        Assert.True(await events.MoveNextAsync());
        Assert.Equal(new DomainLifecycleChanged(domain, DomainLifecycle.Stopped, 1), events.Current);
        transport.Hangup();
        await Assert.ThrowsAsync<LibvirtConnectionException>(() => events.MoveNextAsync().AsTask().Soon());
        await connection.DisposeAsync();
    }

    [Fact]
    public async Task A_driver_without_some_events_says_which_it_has()
    {
        var transport = new MemoryTransport();
        var peer = new ScriptedPeer(transport);
        var opening = OpenAsync(transport, LibvirtOptions.Default);
        await peer.AcceptOpenAsync();
        var connection = await opening.Soon();
        var subscribing = connection.SubscribeAsync(LibvirtEventKinds.DomainLifecycle | LibvirtEventKinds.NetworkLifecycle, CancellationToken.None);
        await peer.ReplyAsync(await peer.ReceiveCallAsync(), w => w.Int32(1));
        await peer.ReplyErrorAsync(await peer.ReceiveCallAsync(), LibvirtErrorCode.NoSupport, "this function is not supported");
        Assert.Equal(LibvirtEventKinds.DomainLifecycle, await subscribing.Soon());
        transport.Hangup();
        await connection.DisposeAsync();
    }

    private static Task<LibvirtConnection> OpenAsync(MemoryTransport transport, LibvirtOptions options) =>
        LibvirtConnection.OpenAsync(transport, "qemu:///system", options, new ManualTime(), CancellationToken.None);
}
