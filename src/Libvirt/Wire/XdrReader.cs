using System.Buffers.Binary;
using System.Text;

namespace Orchestrator.Libvirt.Wire;

/// <summary>Decodes one value at the reader's position.</summary>
internal delegate T Decode<out T>(ref XdrReader reader);

/// <summary>Reads XDR. Every length is checked against its protocol limit and the bytes really present before anything is allocated.</summary>
internal ref struct XdrReader(ReadOnlySpan<byte> payload)
{
    private ReadOnlySpan<byte> _rest = payload;

    public readonly int Remaining => _rest.Length;

    public int Int32() => BinaryPrimitives.ReadInt32BigEndian(Take(4));

    public uint UInt32() => BinaryPrimitives.ReadUInt32BigEndian(Take(4));

    public long Int64() => BinaryPrimitives.ReadInt64BigEndian(Take(8));

    public ulong UInt64() => BinaryPrimitives.ReadUInt64BigEndian(Take(8));

    public double Double() => BinaryPrimitives.ReadDoubleBigEndian(Take(8));

    public bool Bool() => Int32() != 0;

    public Guid Uuid() => new(Take(16), bigEndian: true);

    public string String() => Encoding.UTF8.GetString(Bytes(ProtocolLimits.MaxString));

    public string? OptionalString() => Present() ? String() : null;

    /// <summary>The contents of a counted byte string, without its padding; valid as long as the payload is.</summary>
    public ReadOnlySpan<byte> Bytes(int limit)
    {
        var length = Count(limit, itemBytes: 1);
        var bytes = Take(length);
        Take(-length & 3);
        return bytes;
    }

    /// <summary>The discriminant of an optional pointer.</summary>
    public bool Present() => UInt32() switch
    {
        0 => false,
        1 => true,
        var other => throw new XdrException($"optional pointer with discriminant {other}"),
    };

    /// <summary>An array's length word: at most <paramref name="limit"/>, and no more than the payload can hold at <paramref name="itemBytes"/> each.</summary>
    public int Count(int limit, int itemBytes)
    {
        var count = UInt32();
        if (count > (uint)limit || count > (uint)(_rest.Length / itemBytes))
        {
            throw new XdrException($"length {count} exceeds the limit of {limit} or the {_rest.Length} bytes left");
        }

        return (int)count;
    }

    public T[] Array<T>(int limit, int itemBytes, Decode<T> item)
    {
        var items = new T[Count(limit, itemBytes)];
        for (var i = 0; i < items.Length; i++)
        {
            items[i] = item(ref this);
        }

        return items;
    }

    /// <summary>A C <c>char name[n]</c>: each char travels as a four-byte integer, zero-filled at the end.</summary>
    public string CharArray(int length)
    {
        var text = new StringBuilder(length);
        for (var i = 0; i < length; i++)
        {
            var c = (char)(byte)Int32();
            if (c != 0)
            {
                text.Append(c);
            }
        }

        return text.ToString();
    }

    private ReadOnlySpan<byte> Take(int count)
    {
        if (count > _rest.Length)
        {
            throw new XdrException($"payload too short: {count} bytes needed, {_rest.Length} left");
        }

        var taken = _rest[..count];
        _rest = _rest[count..];
        return taken;
    }
}
