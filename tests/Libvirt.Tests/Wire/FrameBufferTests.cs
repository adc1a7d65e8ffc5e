using System.Buffers.Binary;
using FsCheck.Fluent;
using Orchestrator.Libvirt.Tests.Support;
using Orchestrator.Libvirt.Wire;

namespace Orchestrator.Libvirt.Tests.Wire;

public sealed class FrameBufferTests
{
    private static readonly FrameHeader Header = new(RpcProgram.Remote, Procedure: 3, MessageType.Reply, Serial: 7, MessageStatus.Ok);

    [Fact]
    public void A_header_is_28_bytes_with_its_length_and_comes_back()
    {
        var frame = ScriptedPeer.Frame(Header);
        Assert.Equal("0000001c" + "20008086" + "00000001" + "00000003" + "00000001" + "00000007" + "00000000", Convert.ToHexStringLower(frame));
        Assert.Equal(Header, FrameHeader.Read(frame));
    }

    [Fact]
    public void Another_version_is_refused()
    {
        var frame = ScriptedPeer.Frame(Header);
        frame[11] = 2;
        Assert.Throws<XdrException>(() => FrameHeader.Read(frame));
    }

    [Fact]
    public void Frames_come_out_whole_however_the_bytes_arrive() =>
        Gens.Holds(
            from payloads in Gen.Choose(0, 300_000).ListOf()
            from step in Gen.Elements(1, 3, 27, 28, 29, 1000, 65_536, 200_000)
            select (payloads.Take(6).ToList(), step),
            story =>
            {
                var (sizes, step) = story;
                var sent = sizes.ConvertAll(size => ScriptedPeer.Frame(Header, w => w.Opaque(new byte[step == 1 ? size % 100 : size])));
                var bytes = sent.SelectMany(frame => frame).ToArray();
                var buffer = new FrameBuffer();
                var received = new List<byte[]>();
                for (var at = 0; at < bytes.Length;)
                {
                    var free = buffer.Free;
                    Assert.False(free.IsEmpty);
                    var count = Math.Min(Math.Min(step, free.Length), bytes.Length - at);
                    bytes.AsMemory(at, count).CopyTo(free);
                    buffer.Advance(count);
                    at += count;
                    while (buffer.TryRead(out var frame))
                    {
                        received.Add(frame.ToArray());
                    }
                }

                Assert.Equal(sent, received);
            },
            tests: 60);

    [Theory]
    [InlineData(0u)]
    [InlineData(27u)]
    [InlineData(33554437u)]
    [InlineData(0x80000000u)]
    [InlineData(uint.MaxValue)]
    [InlineData(0x57656c63u)] // "Welc": a login message of a remote shell
    public void A_length_outside_the_protocol_is_refused(uint length)
    {
        var buffer = new FrameBuffer();
        BinaryPrimitives.WriteUInt32BigEndian(buffer.Free.Span, length);
        buffer.Advance(4);
        Assert.Throws<XdrException>(() => buffer.TryRead(out _));
    }

    [Fact]
    public void The_buffer_grows_with_what_arrives_not_with_what_is_announced()
    {
        var buffer = new FrameBuffer();
        BinaryPrimitives.WriteUInt32BigEndian(buffer.Free.Span, ProtocolLimits.MaxFrame);
        buffer.Advance(4);
        for (var received = 0; received < 1_000_000; received += 10_000)
        {
            Assert.False(buffer.TryRead(out _));
            Assert.True(buffer.Capacity <= Math.Max(64 * 1024, 4 * received), $"{buffer.Capacity} bytes for {received} received");
            var count = Math.Min(10_000, buffer.Free.Length);
            buffer.Advance(count);
        }
    }
}
