using System.Buffers.Binary;
using System.Text;

namespace Orchestrator.Libvirt.Wire;

/// <summary>Writes XDR (RFC 4506): big-endian, every item padded to four bytes. Room for the frame header comes first.</summary>
internal sealed class XdrWriter
{
    private byte[] _buffer;
    private int _length;

    public XdrWriter(int capacity = 256)
    {
        _buffer = new byte[Math.Max(capacity, ProtocolLimits.HeaderLength)];
        _length = ProtocolLimits.HeaderLength;
    }

    /// <summary>Header room and payload; the header itself is filled in when the frame is sent.</summary>
    public Memory<byte> Frame => _buffer.AsMemory(0, _length);

    public ReadOnlySpan<byte> Payload => _buffer.AsSpan(ProtocolLimits.HeaderLength, _length - ProtocolLimits.HeaderLength);

    public XdrWriter Int32(int value)
    {
        BinaryPrimitives.WriteInt32BigEndian(Take(4), value);
        return this;
    }

    public XdrWriter UInt32(uint value)
    {
        BinaryPrimitives.WriteUInt32BigEndian(Take(4), value);
        return this;
    }

    public XdrWriter Int64(long value)
    {
        BinaryPrimitives.WriteInt64BigEndian(Take(8), value);
        return this;
    }

    public XdrWriter UInt64(ulong value)
    {
        BinaryPrimitives.WriteUInt64BigEndian(Take(8), value);
        return this;
    }

    public XdrWriter Double(double value)
    {
        BinaryPrimitives.WriteDoubleBigEndian(Take(8), value);
        return this;
    }

    public XdrWriter Bool(bool value) => Int32(value ? 1 : 0);

    /// <summary>opaque[16]: fixed length, so neither length word nor padding.</summary>
    public XdrWriter Uuid(Guid value)
    {
        value.TryWriteBytes(Take(16), bigEndian: true, out _);
        return this;
    }

    public XdrWriter String(string value)
    {
        var bytes = Encoding.UTF8.GetByteCount(value);
        Encoding.UTF8.GetBytes(value, Counted(bytes));
        return this;
    }

    /// <summary>remote_string: an optional pointer, 0 for null or 1 and the value.</summary>
    public XdrWriter OptionalString(string? value) => value is null ? UInt32(0) : UInt32(1).String(value);

    public XdrWriter Opaque(ReadOnlySpan<byte> value)
    {
        value.CopyTo(Counted(value.Length));
        return this;
    }

    private Span<byte> Counted(int bytes)
    {
        UInt32((uint)bytes);
        var padded = Take(checked(bytes + 3) & ~3);
        padded[bytes..].Clear();
        return padded;
    }

    private Span<byte> Take(int count)
    {
        var needed = checked(_length + count);
        if (needed > ProtocolLimits.MaxFrame)
        {
            throw new InvalidOperationException($"the arguments of this call exceed libvirt's message limit of {ProtocolLimits.MaxFrame} bytes.");
        }

        if (needed > _buffer.Length)
        {
            Array.Resize(ref _buffer, Math.Max(_buffer.Length * 2, needed));
        }

        var taken = _buffer.AsSpan(_length, count);
        _length = needed;
        return taken;
    }
}
