using Orchestrator.Libvirt.Tests.Support;
using Orchestrator.Libvirt.Wire;

namespace Orchestrator.Libvirt.Tests.Wire;

/// <summary>Value and bytes, from RFC 4506 and libvirt's remote_protocol.x.</summary>
public sealed class XdrTests
{
    private static readonly Guid Uuid = Guid.Parse("00112233-4455-6677-8899-aabbccddeeff");

    public static TheoryData<string, string> Values { get; } = new()
    {
        { "int 1", "00000001" },
        { "int -1", "ffffffff" },
        { "uint max", "ffffffff" },
        { "hyper -2", "fffffffffffffffe" },
        { "uhyper max", "ffffffffffffffff" },
        { "double 1.5", "3ff8000000000000" },
        { "bool true", "00000001" },
        { "string empty", "00000000" },
        { "string abc", "0000000361626300" },
        { "string abcd", "0000000461626364" },
        { "string ü", "00000002c3bc0000" },
        { "optional null", "00000000" },
        { "optional a", "000000010000000161000000" },
        { "opaque 1 byte", "00000001ff000000" },
        { "uuid", "00112233445566778899aabbccddeeff" },
        { "domain", "00000001760000000011223344556677" + "8899aabbccddeeffffffffff" },
        { "volume", "0000000170000000" + "0000000176000000" + "000000022f760000" },
        { "secret", "00112233445566778899aabbccddeeff" + "00000002" + "0000000175000000" },
    };

    [Theory]
    [MemberData(nameof(Values))]
    public void Is_written_as(string value, string hex)
    {
        var writer = new XdrWriter();
        Write(writer, value);
        Assert.Equal(hex, Convert.ToHexStringLower(writer.Payload));
    }

    [Theory]
    [MemberData(nameof(Values))]
    public void Is_read_back_whole_and_any_part_of_it_is_refused(string value, string hex)
    {
        var bytes = Convert.FromHexString(hex);
        var reader = new XdrReader(bytes);
        Read(ref reader, value);
        Assert.Equal(0, reader.Remaining);
        for (var length = 0; length < bytes.Length; length++)
        {
            Assert.Throws<XdrException>(() =>
            {
                var part = new XdrReader(bytes.AsSpan(0, length));
                Read(ref part, value);
            });
        }
    }

    [Fact]
    public void Strings_come_back() => Gens.Holds(Gens.Text, text =>
    {
        var reader = new XdrReader(new XdrWriter().String(text).OptionalString(text).OptionalString(null).Payload);
        Assert.Equal(text, reader.String());
        Assert.Equal(text, reader.OptionalString());
        Assert.Null(reader.OptionalString());
        Assert.Equal(0, reader.Remaining);
    });

    [Fact]
    public void Opaque_bytes_come_back() => Gens.Holds(Gens.Bytes, bytes =>
    {
        var reader = new XdrReader(new XdrWriter().Opaque(bytes).Payload);
        Assert.Equal(bytes, reader.Bytes(bytes.Length).ToArray());
        Assert.Equal(0, reader.Remaining);
    });

    [Fact]
    public void References_come_back() => Gens.Holds(Gens.Domain, domain =>
    {
        var volume = new VolumeRef(domain.Name, $"{domain.Id}", "/" + domain.Name);
        var secret = new SecretRef(domain.Uuid, SecretUsage.Ceph, domain.Name);
        var reader = new XdrReader(new XdrWriter().Domain(domain).Volume(volume).Secret(secret).Payload);
        Assert.Equal(domain, WireTypes.Domain(ref reader));
        Assert.Equal(volume, WireTypes.Volume(ref reader));
        Assert.Equal(secret, WireTypes.Secret(ref reader));
    });

    [Fact]
    public void A_char_array_takes_four_bytes_a_char()
    {
        var writer = new XdrWriter();
        foreach (var c in "x86_64".PadRight(32, '\0'))
        {
            writer.Int32(c);
        }

        var reader = new XdrReader(writer.Payload);
        Assert.Equal("x86_64", reader.CharArray(32));
        Assert.Equal(0, reader.Remaining);
    }

    [Fact]
    public void Arguments_beyond_the_message_limit_are_refused_here() =>
        Assert.Throws<InvalidOperationException>(() => new XdrWriter().Opaque(new byte[ProtocolLimits.MaxFrame]));

    private static void Write(XdrWriter w, string value)
    {
        _ = value switch
        {
            "int 1" => w.Int32(1),
            "int -1" => w.Int32(-1),
            "uint max" => w.UInt32(uint.MaxValue),
            "hyper -2" => w.Int64(-2),
            "uhyper max" => w.UInt64(ulong.MaxValue),
            "double 1.5" => w.Double(1.5),
            "bool true" => w.Bool(true),
            "string empty" => w.String(""),
            "string abc" => w.String("abc"),
            "string abcd" => w.String("abcd"),
            "string ü" => w.String("ü"),
            "optional null" => w.OptionalString(null),
            "optional a" => w.OptionalString("a"),
            "opaque 1 byte" => w.Opaque([0xff]),
            "uuid" => w.Uuid(Uuid),
            "domain" => w.Domain(new DomainRef("v", Uuid)),
            "volume" => w.Volume(new VolumeRef("p", "v", "/v")),
            "secret" => w.Secret(new SecretRef(Uuid, SecretUsage.Ceph, "u")),
            _ => throw new ArgumentOutOfRangeException(nameof(value)),
        };
    }

    private static void Read(ref XdrReader r, string value) => Assert.True(value switch
    {
        "int 1" => r.Int32() == 1,
        "int -1" => r.Int32() == -1,
        "uint max" => r.UInt32() == uint.MaxValue,
        "hyper -2" => r.Int64() == -2,
        "uhyper max" => r.UInt64() == ulong.MaxValue,
        "double 1.5" => r.Double() == 1.5,
        "bool true" => r.Bool(),
        "string empty" => r.String() == "",
        "string abc" => r.String() == "abc",
        "string abcd" => r.String() == "abcd",
        "string ü" => r.String() == "ü",
        "optional null" => r.OptionalString() is null,
        "optional a" => r.OptionalString() == "a",
        "opaque 1 byte" => r.Bytes(10).SequenceEqual((ReadOnlySpan<byte>)[0xff]),
        "uuid" => r.Uuid() == Uuid,
        "domain" => WireTypes.Domain(ref r) == new DomainRef("v", Uuid),
        "volume" => WireTypes.Volume(ref r) == new VolumeRef("p", "v", "/v"),
        "secret" => WireTypes.Secret(ref r) == new SecretRef(Uuid, SecretUsage.Ceph, "u"),
        _ => false,
    });
}
