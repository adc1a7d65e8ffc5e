using FsCheck.Fluent;
using Orchestrator.Libvirt.Streams;
using Orchestrator.Libvirt.Tests.Rpc;
using Orchestrator.Libvirt.Tests.Support;
using Orchestrator.Libvirt.Wire;

namespace Orchestrator.Libvirt.Tests.Streams;

public sealed class StreamTests
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Whatever_is_uploaded_arrives(bool sparse) => Gens.Holds(Contents, data => ArrivesAsync(data, sparse).GetAwaiter().GetResult(), tests: 40);

    [Fact]
    public async Task A_run_of_zeros_is_sent_as_its_length_and_data_in_packets_the_daemon_takes()
    {
        await using var pair = new Pair();
        var (stream, _) = await pair.AgreeOnStreamAsync();
        var data = new byte[50 * SparseChunks.Chunk];
        data[0] = data[^1] = 1;
        var sending = new VolumeUpload(stream, new MemoryStream(data), sparse: true, progress: null).RunAsync(data.Length, default);
        var first = await pair.Peer.ReceiveCallAsync();
        var hole = await pair.Peer.ReceiveCallAsync();
        var last = await pair.Peer.ReceiveCallAsync();
        await sending.Soon();
        Assert.Equal((MessageType.Stream, MessageType.StreamHole, MessageType.Stream), (first.Header.Type, hole.Header.Type, last.Header.Type));
        Assert.Equal((SparseChunks.Block, SparseChunks.Block), (first.Payload.Length, last.Payload.Length));
        var length = new XdrReader(hole.Payload).Int64();
        Assert.Equal(data.Length - (2 * SparseChunks.Block), length);
        Assert.True(SparseChunks.Chunk <= ProtocolLimits.StreamPayload);
    }

    [Fact]
    public async Task An_error_in_the_middle_of_an_upload_ends_it_and_the_connection_lives()
    {
        await using var pair = new Pair(room: 1 << 20);
        var (stream, call) = await pair.AgreeOnStreamAsync();
        var upload = new VolumeUpload(stream, new Endless(), sparse: false, progress: null).RunAsync(long.MaxValue, default);
        await pair.Peer.ReceiveCallAsync();
        await pair.Peer.SendAsync(
            call.Header with { Type = MessageType.Stream, Status = MessageStatus.Error },
            w => ScriptedPeer.Error(w, LibvirtErrorCode.SystemError, "No space left on device"));
        var answering = AnswerNextCallAsync(pair); // takes what is still sent, so that the upload can notice
        var e = await Assert.ThrowsAsync<LibvirtOperationException>(() => upload.Soon());
        Assert.Equal(LibvirtErrorCode.SystemError, e.Code);
        Assert.Equal(1, await pair.CallAsync(0).Soon());
        await answering.Soon();
    }

    [Fact]
    public async Task A_cancelled_upload_stops_at_a_whole_frame()
    {
        await using var pair = new Pair();
        var (stream, _) = await pair.AgreeOnStreamAsync();
        using var cancel = new CancellationTokenSource();
        var upload = new VolumeUpload(stream, new Endless(), sparse: false, progress: null).RunAsync(long.MaxValue, cancel.Token);
        await pair.Peer.ReceiveCallAsync();
        await cancel.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => upload.Soon());
        stream.Abort();
        Received received;
        while ((received = await pair.Peer.ReceiveCallAsync()).Header.Status != MessageStatus.Error)
        {
            Assert.Equal(MessageType.Stream, received.Header.Type);
        }

        await CallTests.AssertAliveAsync(pair);
    }

    [Fact]
    public async Task A_source_that_is_too_short_is_an_error()
    {
        await using var pair = new Pair();
        var (stream, _) = await pair.AgreeOnStreamAsync();
        await Assert.ThrowsAsync<EndOfStreamException>(
            () => new VolumeUpload(stream, new MemoryStream(new byte[10]), sparse: false, progress: null).RunAsync(11, default).Soon());
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_download_with_holes_arrives_whole(bool seekable)
    {
        await using var pair = new Pair();
        var (stream, call) = await pair.AgreeOnStreamAsync(Procedure.StorageVolDownload);
        using var file = new MemoryStream();
        var destination = seekable ? file : (Stream)new OneWay(file);
        var download = new VolumeDownload(stream, destination, progress: null).RunAsync(default);
        await pair.Peer.HoleAsync(call, 100_000);
        await pair.Peer.StreamAsync(call, MessageStatus.Continue, new byte[] { 1, 2, 3 });
        await pair.Peer.HoleAsync(call, 200_000);
        await pair.Peer.StreamAsync(call, MessageStatus.Continue);
        Assert.Equal(300_003, await download.Soon());
        var bytes = file.ToArray();
        Assert.Equal(300_003, bytes.Length);
        Assert.Equal([0, 1, 2, 3, 0], bytes[99_999..100_004]);
    }

    [Fact]
    public async Task A_download_nobody_reads_makes_the_peer_wait_and_not_the_memory_grow()
    {
        await using var pair = new Pair();
        var (stream, call) = await pair.AgreeOnStreamAsync(Procedure.StorageVolDownload);
        var packet = new byte[ProtocolLimits.StreamPayload];
        var sending = Task.Run(async () =>
        {
            for (var i = 0; i < 100; i++)
            {
                await pair.Peer.StreamAsync(call, MessageStatus.Continue, packet);
            }
        });
        await Eventually.HoldsAsync(() => stream.Incoming.Count == 16);
        Assert.False(sending.IsCompleted);
        for (var i = 0; i < 100; i++)
        {
            Assert.Equal(packet.Length, (await stream.Incoming.ReadAsync().AsTask().Soon()).Data!.Length);
        }

        await sending.Soon();
    }

    [Fact]
    public async Task A_stream_given_up_while_the_connection_waits_for_its_reader_frees_the_connection()
    {
        await using var pair = new Pair();
        var (stream, call) = await pair.AgreeOnStreamAsync(Procedure.StorageVolDownload);
        for (var i = 0; i < 50; i++)
        {
            await pair.Peer.StreamAsync(call, MessageStatus.Continue, new byte[10]);
        }

        await Eventually.HoldsAsync(() => stream.Incoming.Count == 16);
        stream.Abort();
        var answering = AnswerNextCallAsync(pair);
        Assert.Equal(1, await pair.CallAsync(0).Soon());
        await answering.Soon();
        await pair.Peer.StreamAsync(call, MessageStatus.Ok);
        await stream.Ended.Soon();
        await pair.Peer.StreamAsync(call, MessageStatus.Continue, new byte[10]); // late: ignored
        await CallTests.AssertAliveAsync(pair);
    }

    [Fact]
    public async Task A_stream_whose_opener_gave_up_is_closed_when_the_daemon_agrees()
    {
        await using var pair = new Pair();
        using var cancel = new CancellationTokenSource();
        var opening = pair.Connection.OpenStreamAsync(Procedure.DomainOpenConsole, _ => { }, Pair.CallTimeout, cancel.Token);
        var call = await pair.Peer.ReceiveCallAsync();
        await cancel.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => opening.Soon());
        await pair.Peer.ReplyAsync(call);
        var abort = await pair.Peer.ReceiveCallAsync();
        Assert.Equal(call.Header with { Type = MessageType.Stream, Status = MessageStatus.Error }, abort.Header);
    }

    [Fact]
    public async Task A_console_carries_bytes_both_ways_and_ends_with_the_domain()
    {
        await using var pair = new Pair();
        var (stream, call) = await pair.AgreeOnStreamAsync(Procedure.DomainOpenConsole);
        await using var console = new ConsoleStream(stream);
        await console.WriteAsync("root\n"u8.ToArray());
        Assert.Equal("root\n"u8.ToArray(), (await pair.Peer.ReceiveCallAsync()).Payload);
        await pair.Peer.StreamAsync(call, MessageStatus.Continue, "login: "u8.ToArray());
        var three = new byte[3];
        await console.ReadExactlyAsync(three).AsTask().Soon();
        Assert.Equal("log"u8.ToArray(), three);
        await pair.Peer.StreamAsync(call, MessageStatus.Continue);
        using var rest = new MemoryStream();
        await console.CopyToAsync(rest).Soon();
        Assert.Equal("in: "u8.ToArray(), rest.ToArray());
    }

    private static FsCheck.Gen<byte[]> Contents { get; } =
        (from zero in Gen.Elements(true, false)
         from length in Gen.Frequency((3, Gen.Choose(1, 5000)), (3, Gen.Choose(1, 5).Select(n => n * SparseChunks.Block)), (1, Gen.Choose(1, 400_000)))
         from seed in Gen.Choose(1, 1000)
         select Run(zero, length, seed)).ListOf().Select(runs => runs.Take(6).SelectMany(run => run).ToArray());

    private static byte[] Run(bool zero, int length, int seed)
    {
        var run = new byte[length];
        if (!zero)
        {
            new Random(seed).NextBytes(run);
        }

        return run;
    }

    private static async Task ArrivesAsync(byte[] data, bool sparse)
    {
        await using var pair = new Pair();
        var (stream, _) = await pair.AgreeOnStreamAsync();
        var reported = 0L;
        var upload = SendAsync();
        using var file = new MemoryStream();
        while (await pair.Peer.ReceiveCallAsync() is { Header.Status: not MessageStatus.Ok } packet)
        {
            Assert.True(packet.Payload.Length <= ProtocolLimits.StreamPayload);
            Assert.True(sparse || packet.Header.Type == MessageType.Stream);
            file.Write(packet.Header.Type == MessageType.Stream ? packet.Payload : new byte[new XdrReader(packet.Payload).Int64()]);
        }

        await upload.Soon();
        Assert.Equal(data, file.ToArray());
        Assert.Equal(data.Length, reported);

        async Task SendAsync()
        {
            await new VolumeUpload(stream, new MemoryStream(data), sparse, new Report(value => reported = value)).RunAsync(data.Length, default);
            stream.Finish();
        }
    }

    /// <summary>Reads stream packets up to the next call and answers that.</summary>
    private static async Task AnswerNextCallAsync(Pair pair)
    {
        Received received;
        while ((received = await pair.Peer.ReceiveCallAsync()).Header.Type != MessageType.Call)
        {
            Assert.Equal(MessageType.Stream, received.Header.Type);
        }

        await pair.Peer.ReplyAsync(received, w => w.Int32(1));
    }

    private sealed class Report(Action<long> report) : IProgress<long>
    {
        void IProgress<long>.Report(long value) => report(value);
    }

    private sealed class OneWay(Stream inner) : Stream
    {
        public override bool CanRead => false;

        public override bool CanWrite => true;

        public override bool CanSeek => false;

        public override long Length => throw new NotSupportedException();

        public override long Position
        {
            get => throw new NotSupportedException();
            set => throw new NotSupportedException();
        }

        public override void Write(byte[] buffer, int offset, int count) => inner.Write(buffer, offset, count);

        public override void Flush() => inner.Flush();

        public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();
    }

    private sealed class Endless : Stream
    {
        public override bool CanRead => true;

        public override bool CanWrite => false;

        public override bool CanSeek => false;

        public override long Length => throw new NotSupportedException();

        public override long Position
        {
            get => throw new NotSupportedException();
            set => throw new NotSupportedException();
        }

        public override int Read(byte[] buffer, int offset, int count) => count;

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        public override void Flush() => throw new NotSupportedException();

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();
    }
}
