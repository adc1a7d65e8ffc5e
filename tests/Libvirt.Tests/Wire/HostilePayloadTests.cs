using FsCheck;
using FsCheck.Fluent;
using Orchestrator.Libvirt.Events;
using Orchestrator.Libvirt.Tests.Support;
using Orchestrator.Libvirt.Wire;

namespace Orchestrator.Libvirt.Tests.Wire;

/// <summary>Whatever the bytes are, a decoder returns a value or throws <see cref="XdrException"/>, and allocates no more than the bytes warrant.</summary>
public sealed class HostilePayloadTests
{
    private delegate void Decoder(ReadOnlySpan<byte> payload);

    private static readonly (string Name, Decoder Decode)[] Decoders =
    [
        ("domains", bytes => new XdrReader(bytes).Array(ProtocolLimits.MaxList, WireTypes.DomainBytes, WireTypes.Domain)),
        ("pools", bytes => new XdrReader(bytes).Array(ProtocolLimits.MaxList, WireTypes.NamedBytes, WireTypes.Pool)),
        ("volumes", bytes => new XdrReader(bytes).Array(ProtocolLimits.MaxList, WireTypes.VolumeBytes, WireTypes.Volume)),
        ("secrets", bytes => new XdrReader(bytes).Array(ProtocolLimits.MaxList, WireTypes.SecretBytes, WireTypes.Secret)),
        ("leases", bytes => new XdrReader(bytes).Array(ProtocolLimits.MaxLeases, DhcpLease.LeastBytes, DhcpLease.Read)),
        ("statistics", DecodeStatistics),
        ("memory", bytes => Read(bytes, NodeMemory.Read)),
        ("node", bytes => Read(bytes, NodeInfo.Read)),
        ("pool info", bytes => Read(bytes, StoragePoolInfo.Read)),
        ("volume info", bytes => Read(bytes, VolumeInfo.Read)),
        ("block info", bytes => Read(bytes, BlockInfo.Read)),
        ("error", bytes => Read(bytes, WireTypes.Error)),
        ("text", bytes => Read(bytes, WireTypes.String)),
        .. Enum.GetValues<Procedure>().Where(p => p.ToString().Contains("Event", StringComparison.Ordinal))
            .Select(p => ($"{p}", (Decoder)(bytes => EventDecoder.Decode(p, bytes)))),
    ];

    /// <summary>Bytes that often look right: small counts, valid discriminants, now and then something huge.</summary>
    private static readonly Gen<byte[]> Plausible =
        Gen.OneOf(
            Gen.Choose(0, 3).Select(n => new byte[] { 0, 0, 0, (byte)n }),
            Gen.Elements(new byte[] { 255, 255, 255, 255 }, [0x7f, 255, 255, 255], [0, 0, 0x40, 0], [0, 4, 0, 0], [0, 0x40, 0, 1]),
            Gens.Bytes).ArrayOf().Select(parts => parts.SelectMany(part => part).ToArray());

    [Fact]
    public void Random_bytes_decode_or_are_refused_within_bounds() => Gens.Holds(Plausible, bytes =>
    {
        foreach (var (name, decode) in Decoders)
        {
            var before = GC.GetAllocatedBytesForCurrentThread();
            try
            {
                decode(bytes);
            }
            catch (XdrException)
            {
                // refused
            }

            var allocated = GC.GetAllocatedBytesForCurrentThread() - before;
            Assert.True(allocated < 40_000 + (64 * bytes.Length), $"{name}: {allocated} bytes allocated for {bytes.Length}");
        }
    }, tests: 1000);

    [Fact]
    public void A_count_larger_than_the_payload_can_hold_is_refused_at_once()
    {
        foreach (var count in new uint[] { 100, 16384, 16385, 0x7fffffff, 0x80000000, uint.MaxValue })
        {
            var payload = new XdrWriter().UInt32(count).UInt64(0).UInt64(0).Payload.ToArray();
            foreach (var (name, decode) in Decoders.Take(7))
            {
                var before = GC.GetAllocatedBytesForCurrentThread();
                Assert.True(Throws(() => decode(payload)), $"{name} accepted {count}");
                Assert.True(GC.GetAllocatedBytesForCurrentThread() - before < 40_000, $"{name} allocated for {count}");
            }
        }

        static bool Throws(Action action)
        {
            try
            {
                action();
                return false;
            }
            catch (XdrException)
            {
                return true;
            }
        }
    }

    private static void DecodeStatistics(ReadOnlySpan<byte> bytes)
    {
        var names = new NameTable();
        new XdrReader(bytes).Array(
            ProtocolLimits.MaxList,
            DomainStatistics.LeastBytes,
            (ref r) => new DomainStatistics(WireTypes.Domain(ref r), WireTypes.Parameters(ref r, names)));
    }

    private static void Read<T>(ReadOnlySpan<byte> bytes, Decode<T> decode)
    {
        var reader = new XdrReader(bytes);
        decode(ref reader);
    }
}
