using Orchestrator.Libvirt.Tests.Support;
using Orchestrator.Libvirt.Wire;

namespace Orchestrator.Libvirt.Tests.Rpc;

public sealed class CallTests
{
    [Fact]
    public async Task Replies_find_their_calls_in_any_order()
    {
        await using var pair = new Pair();
        var calls = Enumerable.Range(0, 4).Select(i => pair.CallAsync(i)).ToArray();
        var received = new List<Received>();
        for (var i = 0; i < 4; i++)
        {
            received.Add(await pair.Peer.ReceiveCallAsync());
        }

        received.Reverse();
        foreach (var call in received)
        {
            await pair.Peer.ReplyAsync(call, w => w.Int32(Argument(call) * 10));
        }

        var results = await Task.WhenAll(calls).Soon();
        Assert.Equal([0, 10, 20, 30], results);
    }

    [Fact]
    public async Task No_more_than_four_calls_are_under_way_and_the_rest_keep_their_order()
    {
        await using var pair = new Pair();
        var calls = Enumerable.Range(0, 10).Select(i => pair.CallAsync(i)).ToArray();
        var open = new Queue<Received>();
        for (var i = 0; i < 4; i++)
        {
            open.Enqueue(await pair.Peer.ReceiveCallAsync());
        }

        for (var next = 4; next < 10; next++)
        {
            // A ping is answered behind everything sent so far: no fifth call was.
            await pair.Peer.PingAsync();
            Assert.Equal(RpcProgram.KeepAlive, (await pair.Peer.ReceiveAsync()).Header.Program);
            await pair.Peer.ReplyAsync(open.Dequeue(), w => w.Int32(0));
            var received = await pair.Peer.ReceiveCallAsync();
            Assert.Equal(next, Argument(received));
            open.Enqueue(received);
        }

        foreach (var call in open)
        {
            await pair.Peer.ReplyAsync(call, w => w.Int32(0));
        }

        await Task.WhenAll(calls).Soon();
    }

    [Fact]
    public async Task An_error_reply_fails_its_call_with_the_code_and_the_connection_lives()
    {
        await using var pair = new Pair();
        var call = pair.CallAsync(1);
        await pair.Peer.ReplyErrorAsync(await pair.Peer.ReceiveCallAsync(), LibvirtErrorCode.NoDomain, "Domain not found");
        var e = await Assert.ThrowsAsync<LibvirtOperationException>(() => call.Soon());
        Assert.Equal((LibvirtErrorCode.NoDomain, 10, "Domain not found"), (e.Code, e.Domain, e.Message));
        await AssertAliveAsync(pair);
    }

    [Fact]
    public async Task After_the_deadline_the_call_fails_and_its_slot_stays_taken_until_the_reply()
    {
        await using var pair = new Pair();
        var slow = Enumerable.Range(0, 4).Select(i => pair.CallAsync(i)).ToArray();
        var received = new List<Received>();
        for (var i = 0; i < 4; i++)
        {
            received.Add(await pair.Peer.ReceiveCallAsync());
            await pair.Time.Armed.WaitAsync().Soon();
        }

        pair.Time.Advance(Pair.CallTimeout);
        foreach (var call in slow)
        {
            Assert.Equal(Pair.CallTimeout, (await Assert.ThrowsAsync<LibvirtTimeoutException>(() => call.Soon())).Timeout);
        }

        Assert.Equal(4, pair.Connection.AbandonedCalls);
        var next = pair.CallAsync(99);
        await pair.Peer.PingAsync();
        Assert.Equal(RpcProgram.KeepAlive, (await pair.Peer.ReceiveAsync()).Header.Program);

        await pair.Peer.ReplyAsync(received[2], w => w.Int32(0));
        var sent = await pair.Peer.ReceiveCallAsync();
        Assert.Equal((99, 3), (Argument(sent), pair.Connection.AbandonedCalls));
        await pair.Peer.ReplyAsync(sent, w => w.Int32(7));
        Assert.Equal(7, await next.Soon());
    }

    [Fact]
    public async Task The_wait_for_a_slot_counts_against_the_deadline_and_a_call_given_up_there_is_never_sent()
    {
        await using var pair = new Pair();
        var first = Enumerable.Range(0, 4).Select(i => pair.CallAsync(i)).ToArray();
        using var cancel = new CancellationTokenSource();
        var cancelled = pair.CallAsync(50, cancel.Token);
        var late = pair.CallAsync(51);
        await cancel.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => cancelled.Soon());
        Assert.Equal(0, pair.Connection.AbandonedCalls);

        for (var i = 0; i < 4; i++)
        {
            await pair.Peer.ReplyAsync(await pair.Peer.ReceiveCallAsync(), w => w.Int32(0));
        }

        await Task.WhenAll(first).Soon();
        var sent = await pair.Peer.ReceiveCallAsync();
        Assert.Equal(51, Argument(sent));
        pair.Time.Advance(Pair.CallTimeout);
        await Assert.ThrowsAsync<LibvirtTimeoutException>(() => late.Soon());
    }

    [Fact]
    public async Task Cancelling_a_call_under_way_abandons_it_and_its_late_reply_harms_nobody()
    {
        await using var pair = new Pair();
        using var cancel = new CancellationTokenSource();
        var call = pair.CallAsync(1, cancel.Token);
        var received = await pair.Peer.ReceiveCallAsync();
        await cancel.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => call.Soon());
        Assert.Equal(1, pair.Connection.AbandonedCalls);
        await pair.Peer.ReplyErrorAsync(received, LibvirtErrorCode.InternalError, "late");
        await AssertAliveAsync(pair);
        Assert.Equal(0, pair.Connection.AbandonedCalls);
    }

    [Fact]
    public async Task A_reply_that_does_not_fit_the_procedure_fails_only_its_call()
    {
        await using var pair = new Pair();
        var tooShort = pair.CallAsync(1);
        await pair.Peer.ReplyAsync(await pair.Peer.ReceiveCallAsync());
        await Assert.ThrowsAsync<LibvirtProtocolException>(() => tooShort.Soon());

        var other = pair.CallAsync(2);
        var received = await pair.Peer.ReceiveCallAsync();
        await pair.Peer.ReplyAsync(received with { Header = received.Header with { Procedure = 999 } }, w => w.Int32(0));
        await Assert.ThrowsAsync<LibvirtProtocolException>(() => other.Soon());

        var badError = pair.CallAsync(3);
        received = await pair.Peer.ReceiveCallAsync();
        await pair.Peer.SendAsync(received.Header with { Type = MessageType.Reply, Status = MessageStatus.Error });
        await Assert.ThrowsAsync<LibvirtProtocolException>(() => badError.Soon());
        await AssertAliveAsync(pair);
    }

    internal static async Task AssertAliveAsync(Pair pair)
    {
        var call = pair.CallAsync(0);
        await pair.Peer.ReplyAsync(await pair.Peer.ReceiveCallAsync(), w => w.Int32(42));
        Assert.Equal(42, await call.Soon());
        Assert.Null(pair.Connection.Failure);
    }

    private static int Argument(Received call) => System.Buffers.Binary.BinaryPrimitives.ReadInt32BigEndian(call.Payload);
}
