using System.Buffers.Binary;

namespace Orchestrator.Libvirt.Wire;

/// <summary>
/// Cuts the received bytes into frames. The buffer grows with the bytes that have arrived, never with the length a peer announces.
/// </summary>
internal sealed class FrameBuffer
{
    private const int Small = 64 * 1024;
    private const int KeptWhenEmpty = 1024 * 1024;

    private byte[] _buffer = new byte[Small];
    private int _start;
    private int _end;

    public int Capacity => _buffer.Length;

    /// <summary>Where the next bytes go; never empty.</summary>
    public Memory<byte> Free
    {
        get
        {
            if (_start == _end)
            {
                (_start, _end) = (0, 0);
                _buffer = _buffer.Length > KeptWhenEmpty ? new byte[Small] : _buffer;
            }
            else if (_end == _buffer.Length)
            {
                MakeRoom();
            }

            return _buffer.AsMemory(_end);
        }
    }

    public void Advance(int count) => _end += count;

    /// <summary>The next whole frame, valid until <see cref="Free"/> is used again.</summary>
    /// <exception cref="XdrException">The announced length is outside 28..33554436; nothing after it can be trusted.</exception>
    public bool TryRead(out ReadOnlyMemory<byte> frame)
    {
        frame = default;
        if (_end - _start < 4)
        {
            return false;
        }

        var length = BinaryPrimitives.ReadUInt32BigEndian(_buffer.AsSpan(_start));
        if (length is < ProtocolLimits.HeaderLength or > ProtocolLimits.MaxFrame)
        {
            throw new XdrException($"frame length {length} is outside {ProtocolLimits.HeaderLength}..{ProtocolLimits.MaxFrame}");
        }

        if (_end - _start < length)
        {
            return false;
        }

        frame = _buffer.AsMemory(_start, (int)length);
        _start += (int)length;
        return true;
    }

    private void MakeRoom()
    {
        var used = _end - _start;
        var room = used > _buffer.Length / 2 ? new byte[_buffer.Length * 2] : _buffer;
        Buffer.BlockCopy(_buffer, _start, room, 0, used);
        _buffer = room;
        (_start, _end) = (0, used);
    }
}
