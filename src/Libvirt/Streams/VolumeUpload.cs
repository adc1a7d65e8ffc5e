using Orchestrator.Libvirt.Rpc;
using Orchestrator.Libvirt.Wire;

namespace Orchestrator.Libvirt.Streams;

/// <summary>Sends a source's bytes into a stream: the next chunk is read while the last one is being written.</summary>
internal sealed class VolumeUpload(RpcStream stream, Stream source, bool sparse, IProgress<long>? progress)
{
    private long _sent;
    private long _hole;

    /// <summary>Sends <paramref name="length"/> bytes and returns when all has been handed to the connection.</summary>
    /// <exception cref="EndOfStreamException">The source is shorter.</exception>
    public async Task RunAsync(long length, CancellationToken stop)
    {
        var (reading, sending) = (NewBuffer(), NewBuffer());
        var underWay = Task.CompletedTask;
        try
        {
            for (var left = length; left > 0;)
            {
                var size = (int)Math.Min(left, SparseChunks.Chunk);
                await source.ReadExactlyAsync(reading.AsMemory(ProtocolLimits.HeaderLength, size), stop).ConfigureAwait(false);
                await underWay.ConfigureAwait(false);
                (reading, sending) = (sending, reading);
                underWay = SendAsync(sending, size, stop);
                left -= size;
            }
        }
        finally
        {
            await underWay.ConfigureAwait(false);
        }

        await FlushHoleAsync(stop).ConfigureAwait(false);
    }

    private static byte[] NewBuffer() => new byte[ProtocolLimits.HeaderLength + SparseChunks.Chunk];

    private async Task SendAsync(byte[] frame, int size, CancellationToken stop)
    {
        for (var at = 0; at < size;)
        {
            var (run, isHole) = sparse ? SparseChunks.FirstRun(frame.AsSpan(ProtocolLimits.HeaderLength + at, size - at)) : (size - at, false);
            if (isHole)
            {
                _hole += run;
            }
            else
            {
                await FlushHoleAsync(stop).ConfigureAwait(false);
                // The header goes over the last bytes before the run, which have been sent already.
                await stream.SendAsync(frame.AsMemory(at, ProtocolLimits.HeaderLength + run), stop).ConfigureAwait(false);
                _sent += run;
                progress?.Report(_sent);
            }

            at += run;
        }
    }

    private async Task FlushHoleAsync(CancellationToken stop)
    {
        if (_hole > 0)
        {
            await stream.SendHoleAsync(_hole, stop).ConfigureAwait(false);
            _sent += _hole;
            _hole = 0;
            progress?.Report(_sent);
        }
    }
}
