using System.Buffers.Binary;
using Orchestrator.Model;

namespace Orchestrator.Drivers.Images;

/// <summary>The image cannot be used; the message says why, for people.</summary>
public sealed class ImageException(string message, Exception? inner = null) : Exception(message, inner);

/// <summary>
/// What a disk image's first bytes say. Read by us, before any tool opens the file: an image that points at other files could make the
/// host read or write them for its guest (CVE-2024-32498), so such images are refused.
/// </summary>
/// <remarks>Layout: QEMU's docs/interop/qcow2.txt.</remarks>
public sealed record ImageHeader(DiskFormat Format, long VirtualSizeBytes)
{
    /// <summary>How many bytes of the file are needed.</summary>
    public const int Length = 512;

    /// <summary>"QFI" and 0xfb.</summary>
    private const uint Qcow2Magic = 0x514649fb;
    private const ulong CorruptBit = 1 << 1;
    private const ulong ExternalDataBit = 1 << 2;
    private const ulong KnownIncompatibleBits = 0b1_1111;
    private const long MaxVirtualSize = 1L << 50;

    private static readonly (byte[] Magic, string Name)[] _refused =
    [
        ("KDMV"u8.ToArray(), "VMDK"),
        ("# Disk DescriptorFile"u8.ToArray(), "VMDK"),
        ("<<< "u8.ToArray(), "VDI"),
        ("vhdxfile"u8.ToArray(), "VHDX"),
        ("conectix"u8.ToArray(), "VHD"),
        ("QED\0"u8.ToArray(), "QED"),
        ([0x4c, 0x55, 0x4b, 0x53, 0xba, 0xbe], "LUKS"),
        ([0x1f, 0x8b], "gzip-compressed"),
        ([0xfd, 0x37, 0x7a, 0x58, 0x5a], "xz-compressed"),
        ([0x28, 0xb5, 0x2f, 0xfd], "zstd-compressed"),
        ([0x50, 0x4b, 0x03, 0x04], "zip-compressed"),
        ("json:"u8.ToArray(), "json: pseudo-protocol"),
    ];

    /// <summary>Reads the header of a file of <paramref name="fileSize"/> bytes.</summary>
    /// <exception cref="ImageException">It is no image that may be used.</exception>
    public static ImageHeader Read(ReadOnlySpan<byte> start, long fileSize)
    {
        if (fileSize == 0)
        {
            throw new ImageException("the file is empty");
        }

        foreach (var (magic, name) in _refused)
        {
            if (start.StartsWith(magic))
            {
                throw new ImageException($"{name} images are not supported; convert it to qcow2 or raw");
            }
        }

        return start.Length >= 4 && BinaryPrimitives.ReadUInt32BigEndian(start) == Qcow2Magic ? Qcow2(start) : new(DiskFormat.Raw, fileSize);
    }

    private static ImageHeader Qcow2(ReadOnlySpan<byte> start)
    {
        if (start.Length < 104)
        {
            throw new ImageException("the qcow2 header is cut short");
        }

        var version = BinaryPrimitives.ReadUInt32BigEndian(start[4..]);
        if (version is not (2 or 3))
        {
            throw new ImageException($"qcow2 version {version} is not supported");
        }

        if (BinaryPrimitives.ReadUInt64BigEndian(start[8..]) != 0)
        {
            throw new ImageException("it has a backing file, which is refused: flatten it with qemu-img convert");
        }

        if (BinaryPrimitives.ReadUInt32BigEndian(start[32..]) != 0)
        {
            throw new ImageException("it is encrypted, which is not supported");
        }

        var incompatible = version == 3 ? BinaryPrimitives.ReadUInt64BigEndian(start[72..]) : 0;
        if ((incompatible & ExternalDataBit) != 0)
        {
            throw new ImageException("it keeps its data in another file, which is refused");
        }

        if ((incompatible & CorruptBit) != 0)
        {
            throw new ImageException("it is marked as corrupt: repair it with qemu-img check -r");
        }

        if ((incompatible & ~KnownIncompatibleBits) != 0)
        {
            throw new ImageException("it needs features that are not known here");
        }

        var size = BinaryPrimitives.ReadUInt64BigEndian(start[24..]);
        return size is 0 or > MaxVirtualSize
            ? throw new ImageException($"its virtual size of {size} bytes makes no sense")
            : new(DiskFormat.Qcow2, (long)size);
    }
}
