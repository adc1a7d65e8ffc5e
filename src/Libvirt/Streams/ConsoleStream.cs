using Orchestrator.Libvirt.Rpc;
using Orchestrator.Libvirt.Wire;

namespace Orchestrator.Libvirt.Streams;

/// <summary>A domain's console as a byte stream in both directions. Asynchronous only; reads end with 0 when the domain stops.</summary>
internal sealed class ConsoleStream(RpcStream stream) : Stream
{
    private const int LargestWrite = 64 * 1024;

    private ReadOnlyMemory<byte> _unread;

    public override bool CanRead => true;

    public override bool CanWrite => true;

    public override bool CanSeek => false;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        while (_unread.IsEmpty)
        {
            if (!await stream.Incoming.WaitToReadAsync(cancellationToken).ConfigureAwait(false))
            {
                return 0;
            }

            if (stream.Incoming.TryRead(out var packet))
            {
                _unread = packet.Data; // a console has no holes
            }
        }

        var count = Math.Min(buffer.Length, _unread.Length);
        _unread[..count].CopyTo(buffer);
        _unread = _unread[count..];
        return count;
    }

    public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        while (!buffer.IsEmpty)
        {
            var part = buffer[..Math.Min(buffer.Length, LargestWrite)];
            var frame = new byte[ProtocolLimits.HeaderLength + part.Length];
            part.CopyTo(frame.AsMemory(ProtocolLimits.HeaderLength));
            await stream.SendAsync(frame, cancellationToken).ConfigureAwait(false);
            buffer = buffer[part.Length..];
        }
    }

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        WriteAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override void Flush()
    {
        // every write is sent as it comes
    }

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException("read asynchronously");

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException("write asynchronously");

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        stream.Abort();
        base.Dispose(disposing);
    }
}
