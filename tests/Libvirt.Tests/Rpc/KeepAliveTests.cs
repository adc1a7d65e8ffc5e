using Orchestrator.Libvirt.Tests.Support;
using Orchestrator.Libvirt.Wire;

namespace Orchestrator.Libvirt.Tests.Rpc;

public sealed class KeepAliveTests
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(5);

    [Fact]
    public async Task A_ping_is_answered_at_once()
    {
        await using var pair = new Pair();
        await pair.Peer.PingAsync();
        Assert.Equal(
            new FrameHeader(RpcProgram.KeepAlive, Procedure: 2, MessageType.Event, Serial: 0, MessageStatus.Ok),
            (await pair.Peer.ReceiveAsync()).Header);
    }

    [Fact]
    public async Task A_silent_peer_is_asked_twice_and_then_dead()
    {
        await using var pair = new Pair();
        pair.Connection.StartKeepAlive(Interval, count: 2);
        var call = pair.CallAsync(1);
        await pair.Peer.ReceiveCallAsync();
        for (var asked = 0; asked < 2; asked++)
        {
            pair.Time.Advance(Interval);
            var ping = await pair.Peer.ReceiveAsync();
            Assert.Equal((RpcProgram.KeepAlive, 1), (ping.Header.Program, ping.Header.Procedure));
            Assert.Null(pair.Connection.Failure);
        }

        pair.Time.Advance(Interval);
        var e = await Assert.ThrowsAsync<LibvirtConnectionException>(() => call.Soon());
        Assert.Contains("15 s", e.Message, StringComparison.Ordinal);
        Assert.True(pair.Transport.PeerDeclaredDead);
    }

    [Fact]
    public async Task Any_frame_is_a_sign_of_life()
    {
        await using var pair = new Pair();
        pair.Connection.StartKeepAlive(Interval, count: 2);
        for (var i = 0; i < 20; i++)
        {
            await CallTests.AssertAliveAsync(pair);
            pair.Time.Advance(Interval);
        }

        Assert.Null(pair.Connection.Failure);
    }

    [Fact]
    public async Task A_peer_that_pings_and_never_reads_is_not_owed_more_than_one_answer()
    {
        await using var pair = new Pair(room: 64);
        for (var i = 0; i < 10_000; i++)
        {
            await pair.Peer.PingAsync();
        }

        // Everything sent before the call is answered; what waited meanwhile was one pong, not thousands.
        var call = pair.CallAsync(1);
        var pongs = 0;
        Received received;
        while ((received = await pair.Peer.ReceiveAsync()).Header.Program == RpcProgram.KeepAlive)
        {
            pongs++;
        }

        Assert.InRange(pongs, 1, 100);
        await pair.Peer.ReplyAsync(received, w => w.Int32(0));
        await call.Soon();
    }

    [Fact]
    public async Task A_consumer_who_keeps_the_connection_from_reading_does_not_make_the_peer_dead()
    {
        await using var pair = new Pair();
        var (stream, call) = await pair.AgreeOnStreamAsync(Procedure.StorageVolDownload);
        pair.Connection.StartKeepAlive(Interval, count: 2);
        for (var i = 0; i < 40; i++)
        {
            await pair.Peer.StreamAsync(call, MessageStatus.Continue, new byte[10]);
        }

        await Eventually.HoldsAsync(() => stream.Incoming.Count == 16);
        pair.Time.Advance(Interval * 10);
        Assert.Null(pair.Connection.Failure);
        for (var i = 0; i < 40; i++)
        {
            await stream.Incoming.ReadAsync().AsTask().Soon();
        }

        await CallTests.AssertAliveAsync(pair);
    }
}
