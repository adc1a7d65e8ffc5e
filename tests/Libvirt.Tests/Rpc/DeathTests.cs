using System.Buffers.Binary;
using FsCheck.Fluent;
using Orchestrator.Libvirt.Tests.Support;
using Orchestrator.Libvirt.Wire;

namespace Orchestrator.Libvirt.Tests.Rpc;

/// <summary>All the ways a connection can die: every waiter is told, once, and nobody hangs.</summary>
public sealed class DeathTests
{
    private static readonly FrameHeader Valid = new(RpcProgram.Remote, (int)Procedure.ConnectGetType, MessageType.Reply, Serial: 1, MessageStatus.Ok);

    public static TheoryData<string> Lies { get; } = new()
    {
        "closed", "closed mid-frame", "closed mid-header", "length too small", "length too large", "length negative", "version", "program",
        "call to us", "reply with descriptors", "type", "unknown serial", "reply twice", "stream hole negative", "stream hole short",
    };

    [Theory]
    [MemberData(nameof(Lies))]
    public async Task A_peer_that_breaks_the_protocol_loses_the_connection_and_every_waiter_is_told(string lie)
    {
        await using var pair = new Pair();
        var stream = (await pair.AgreeOnStreamAsync()).Call;
        var calls = Enumerable.Range(0, 9).Select(i => pair.CallAsync(i)).ToArray();
        var call = await pair.Peer.ReceiveCallAsync();
        await LieAsync(pair, lie, call, stream);
        if (lie == "reply twice")
        {
            Assert.Equal(5, await calls[0].Soon());
        }

        await pair.Connection.Closed.Soon();
        Assert.NotNull(pair.Connection.Failure);
        foreach (var waiter in calls.Skip(lie == "reply twice" ? 1 : 0))
        {
            await Assert.ThrowsAsync<LibvirtConnectionException>(() => waiter.Soon());
        }

        await Assert.ThrowsAsync<LibvirtConnectionException>(() => pair.CallAsync(1).Soon());
        Assert.True(pair.Connection.Aborted.IsCancellationRequested);
    }

    [Fact]
    public async Task The_first_failure_wins_and_the_reason_has_what_the_transport_knows()
    {
        await using var pair = new Pair();
        pair.Transport.Explanation = "Permission denied (publickey)";
        var call = pair.CallAsync(1);
        pair.Transport.Hangup();
        var e = await Assert.ThrowsAsync<LibvirtConnectionException>(() => call.Soon());
        Assert.Contains("Permission denied (publickey)", e.Message, StringComparison.Ordinal);
        pair.Connection.Abort(new LibvirtConnectionException("second"));
        Assert.Contains("Permission denied (publickey)", pair.Connection.Failure!.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Whenever_the_connection_dies_each_call_ends_exactly_once() => await Task.Run(() => Gens.Holds(
        from count in Gen.Choose(1, 12)
        from answered in Gen.Choose(0, 4)
        from racers in Gen.Choose(1, 4)
        select (count, answered, racers),
        story => RaceAsync(story.count, story.answered, story.racers).GetAwaiter().GetResult(),
        tests: 200));

    [Fact]
    public async Task Random_bytes_never_hang_or_crash_the_connection() => await Task.Run(() => Gens.Holds(
        Gens.Bytes.ArrayOf(),
        parts => SurvivesAsync([.. parts.SelectMany(p => p)]).GetAwaiter().GetResult(),
        tests: 300));

    [Fact]
    public async Task Frames_with_random_fields_never_hang_or_crash_the_connection() => await Task.Run(() => Gens.Holds(
        (from program in Gen.Elements(RpcProgram.Remote, RpcProgram.Remote, RpcProgram.KeepAlive, (RpcProgram)7)
         from procedure in Gen.Elements(1, 2, (int)Procedure.ConnectGetType, (int)Procedure.StorageVolUpload, (int)Procedure.DomainEventCallbackLifecycle)
         from type in Gen.Elements(0, 1, 1, 2, 3, 3, 6, 9)
         from serial in Gen.Choose(0, 5)
         from status in Gen.Choose(0, 3)
         from payload in Gens.Bytes
         select Frame(new FrameHeader(program, procedure, (MessageType)type, (uint)serial, (MessageStatus)status), payload)).ArrayOf(),
        frames => SurvivesAsync([.. frames.SelectMany(p => p)]).GetAwaiter().GetResult(),
        tests: 300));

    private static byte[] Frame(FrameHeader header, byte[] payload)
    {
        byte[] frame = [.. new byte[ProtocolLimits.HeaderLength], .. payload];
        header.Write(frame);
        return frame;
    }

    private static async Task LieAsync(Pair pair, string lie, Received call, Received stream)
    {
        var frame = ScriptedPeer.Frame(Valid with { Serial = call.Header.Serial }, w => w.Int32(5));
        switch (lie)
        {
            case "closed":
                pair.Transport.Hangup();
                return;
            case "closed mid-frame":
                await pair.Peer.SendRawAsync(frame.AsMemory(0, 30));
                pair.Transport.Hangup();
                return;
            case "closed mid-header":
                await pair.Peer.SendRawAsync(frame.AsMemory(0, 3));
                pair.Transport.Hangup();
                return;
            case "length too small":
                BinaryPrimitives.WriteUInt32BigEndian(frame, 27);
                break;
            case "length too large":
                BinaryPrimitives.WriteUInt32BigEndian(frame, ProtocolLimits.MaxFrame + 1);
                break;
            case "length negative":
                BinaryPrimitives.WriteInt32BigEndian(frame, -1);
                break;
            case "version":
                frame[11] = 2;
                break;
            case "program":
                frame[4] = 0x55;
                break;
            case "call to us":
                frame[19] = 0;
                break;
            case "reply with descriptors":
                frame[19] = 5;
                break;
            case "type":
                frame[19] = 77;
                break;
            case "unknown serial":
                frame[20] = 1;
                break;
            case "reply twice":
                await pair.Peer.SendRawAsync(frame);
                break;
            case "stream hole negative":
                await pair.Peer.HoleAsync(stream, -1);
                return;
            case "stream hole short":
                await pair.Peer.SendAsync(stream.Header with { Type = MessageType.StreamHole, Status = MessageStatus.Continue });
                return;
            default:
                throw new ArgumentOutOfRangeException(nameof(lie));
        }

        await pair.Peer.SendRawAsync(frame);
    }

    private static async Task RaceAsync(int count, int answered, int racers)
    {
        await using var pair = new Pair();
        var calls = Enumerable.Range(0, count).Select(i => pair.CallAsync(i)).ToArray();
        for (var i = 0; i < Math.Min(answered, count); i++)
        {
            await pair.Peer.ReplyAsync(await pair.Peer.ReceiveCallAsync(), w => w.Int32(1));
        }

        await Task.WhenAll(Enumerable.Range(0, racers).Select(i => Task.Run(() => pair.Connection.Abort(new LibvirtConnectionException($"racer {i}")))));
        await pair.Connection.Closed.Soon();
        await Task.WhenAll(calls).Soon().ContinueWith(_ => { }, TaskScheduler.Default);
        Assert.All(calls, call => Assert.True(call.IsCompletedSuccessfully || call.Exception!.InnerException is LibvirtConnectionException));
        var reasons = calls.Where(call => call.IsFaulted).Select(call => call.Exception!.InnerException!.Message).Distinct(StringComparer.Ordinal).ToList();
        Assert.True(reasons.Count <= 1, string.Join(", ", reasons));
    }

    private static async Task SurvivesAsync(byte[] bytes)
    {
        await using var pair = new Pair();
        var opening = pair.OpenStreamAsync();
        var call = pair.CallAsync(1);
        await pair.Peer.SendRawAsync(bytes);
        pair.Transport.Hangup();
        await pair.Connection.Closed.Soon();
        await Assert.ThrowsAnyAsync<LibvirtException>(async () =>
        {
            await call.Soon();
            await opening.Soon();
            throw new LibvirtConnectionException("both were answered by chance");
        });
        Assert.True(call.IsCompleted);
        await opening.Soon().ContinueWith(_ => { }, TaskScheduler.Default);
        Assert.True(opening.IsCompleted);
    }
}
