using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace Orchestrator.Libvirt.Wire;

/// <summary>RPC programs that share a connection.</summary>
internal enum RpcProgram : uint
{
    Remote = 0x20008086,
    KeepAlive = 0x6b656570,
}

/// <summary>virNetMessageType.</summary>
internal enum MessageType
{
    Call = 0,
    Reply = 1,
    Event = 2,
    Stream = 3,
    StreamHole = 6,
}

/// <summary>virNetMessageStatus.</summary>
internal enum MessageStatus
{
    Ok = 0,
    Error = 1,
    Continue = 2,
}

/// <summary>The 24 bytes after the length word (virNetMessageHeader in <c>virnetprotocol.x</c>). The version word is always 1.</summary>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct FrameHeader(RpcProgram Program, int Procedure, MessageType Type, uint Serial, MessageStatus Status)
{
    private const uint Version = 1;

    /// <summary>Writes length and header into the first 28 bytes of <paramref name="frame"/>.</summary>
    public void Write(Span<byte> frame)
    {
        BinaryPrimitives.WriteInt32BigEndian(frame, frame.Length);
        BinaryPrimitives.WriteUInt32BigEndian(frame[4..], (uint)Program);
        BinaryPrimitives.WriteUInt32BigEndian(frame[8..], Version);
        BinaryPrimitives.WriteInt32BigEndian(frame[12..], Procedure);
        BinaryPrimitives.WriteInt32BigEndian(frame[16..], (int)Type);
        BinaryPrimitives.WriteUInt32BigEndian(frame[20..], Serial);
        BinaryPrimitives.WriteInt32BigEndian(frame[24..], (int)Status);
    }

    /// <exception cref="XdrException">The version is not 1.</exception>
    public static FrameHeader Read(ReadOnlySpan<byte> frame)
    {
        var version = BinaryPrimitives.ReadUInt32BigEndian(frame[8..]);
        if (version != Version)
        {
            throw new XdrException($"frame with program version {version}");
        }

        return new FrameHeader(
            (RpcProgram)BinaryPrimitives.ReadUInt32BigEndian(frame[4..]),
            BinaryPrimitives.ReadInt32BigEndian(frame[12..]),
            (MessageType)BinaryPrimitives.ReadInt32BigEndian(frame[16..]),
            BinaryPrimitives.ReadUInt32BigEndian(frame[20..]),
            (MessageStatus)BinaryPrimitives.ReadInt32BigEndian(frame[24..]));
    }
}
