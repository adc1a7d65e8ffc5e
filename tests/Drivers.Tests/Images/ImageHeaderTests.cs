using System.Buffers.Binary;
using System.Text;
using FsCheck;
using FsCheck.Fluent;
using Orchestrator.Drivers.Images;
using Orchestrator.Model;

namespace Orchestrator.Drivers.Tests.Images;

public sealed class ImageHeaderTests
{
    [Theory]
    [InlineData(2u, 0u, 1UL << 20)]
    [InlineData(3u, 0u, 1UL << 30)]
    [InlineData(3u, 0b1_1001u, 1UL << 40)] // dirty, compression type, extended L2
    public void A_plain_qcow2_header_is_taken(uint version, uint features, ulong size) =>
        Assert.Equal(new(DiskFormat.Qcow2, (long)size), ImageHeader.Read(Qcow2(version, features: features, size: size), 512));

    [Theory]
    [InlineData(1u, 0UL, 0u, 0u, 1UL << 20, "version 1")]
    [InlineData(4u, 0UL, 0u, 0u, 1UL << 20, "version 4")]
    [InlineData(3u, 104UL, 0u, 0u, 1UL << 20, "backing file")]
    [InlineData(2u, 1UL << 60, 0u, 0u, 1UL << 20, "backing file")]
    [InlineData(3u, 0UL, 1u, 0u, 1UL << 20, "encrypted")]
    [InlineData(3u, 0UL, 0u, 4u, 1UL << 20, "another file")]
    [InlineData(3u, 0UL, 0u, 2u, 1UL << 20, "corrupt")]
    [InlineData(3u, 0UL, 0u, 32u, 1UL << 20, "features")]
    [InlineData(3u, 0UL, 0u, 0u, 0UL, "virtual size")]
    [InlineData(3u, 0UL, 0u, 0u, ulong.MaxValue, "virtual size")]
    public void Another_is_refused_with_its_reason(uint version, ulong backing, uint encryption, uint features, ulong size, string why) =>
        Assert.Contains(why, Assert.Throws<ImageException>(() => ImageHeader.Read(Qcow2(version, backing, encryption, features, size), 512)).Message, StringComparison.Ordinal);

    [Theory]
    [InlineData("KDMV", "VMDK")]
    [InlineData("# Disk DescriptorFile", "VMDK")]
    [InlineData("<<< Oracle VM VirtualBox Disk Image >>>", "VDI")]
    [InlineData("vhdxfile", "VHDX")]
    [InlineData("conectix", "VHD")]
    [InlineData("QED\0", "QED")]
    [InlineData("json:{}", "json:")]
    [InlineData("\u001f\u008b", "gzip")]
    [InlineData("PK\u0003\u0004", "zip")]
    public void Other_formats_are_refused_by_name(string start, string name) =>
        Assert.Contains(name, Assert.Throws<ImageException>(() => ImageHeader.Read(Encoding.Latin1.GetBytes(start.PadRight(512)), 512)).Message, StringComparison.Ordinal);

    [Fact]
    public void Any_bytes_are_an_image_or_are_refused_and_never_more() => Check.One(Config.QuickThrowOnFailure.WithMaxTest(5000), Prop.ForAll(Arb.From(Bytes), bytes =>
    {
        try
        {
            var header = ImageHeader.Read(bytes, bytes.Length);
            return header.Format is DiskFormat.Raw ? header.VirtualSizeBytes == bytes.Length : header.VirtualSizeBytes > 0;
        }
        catch (ImageException refused)
        {
            return refused.Message.Length > 0;
        }
    }));

    [Fact]
    public void No_qcow2_header_that_names_another_file_is_ever_taken() => Check.One(Config.QuickThrowOnFailure.WithMaxTest(2000), Prop.ForAll(Arb.From(Bytes), bytes =>
    {
        try
        {
            return ImageHeader.Read(bytes, bytes.Length).Format is DiskFormat.Raw
                || (BinaryPrimitives.ReadUInt64BigEndian(bytes.AsSpan(8)) == 0 && (BinaryPrimitives.ReadUInt32BigEndian(bytes.AsSpan(4)) == 2 || (bytes[79] & 4) == 0));
        }
        catch (ImageException)
        {
            return true;
        }
    }));

    /// <summary>Random bytes, most of them behind a qcow2 magic, so that the interesting half is reached.</summary>
    private static Gen<byte[]> Bytes { get; } =
        from length in Gen.Choose(0, 200)
        from seed in Gen.Choose(0, int.MaxValue)
        from zeros in Gen.Choose(0, 4)
        from magic in Gen.Elements(true, true, false)
        select Make(length, seed, zeros, magic);

    private static byte[] Make(int length, int seed, int zeros, bool magic)
    {
        var bytes = new byte[length];
        var random = new Random(seed);
        for (var at = 0; at < length; at++)
        {
            bytes[at] = random.Next(5) < zeros ? (byte)0 : (byte)random.Next(256);
        }

        if (magic && length >= 8)
        {
            BinaryPrimitives.WriteUInt32BigEndian(bytes, 0x514649fb);
            BinaryPrimitives.WriteUInt32BigEndian(bytes.AsSpan(4), (uint)random.Next(1, 5));
        }

        return bytes;
    }

    private static byte[] Qcow2(uint version, ulong backing = 0, uint encryption = 0, ulong features = 0, ulong size = 1 << 20)
    {
        var header = new byte[512];
        BinaryPrimitives.WriteUInt32BigEndian(header, 0x514649fb);
        BinaryPrimitives.WriteUInt32BigEndian(header.AsSpan(4), version);
        BinaryPrimitives.WriteUInt64BigEndian(header.AsSpan(8), backing);
        BinaryPrimitives.WriteUInt64BigEndian(header.AsSpan(24), size);
        BinaryPrimitives.WriteUInt32BigEndian(header.AsSpan(32), encryption);
        BinaryPrimitives.WriteUInt64BigEndian(header.AsSpan(72), features);
        return header;
    }
}
