using Orchestrator.Libvirt.Rpc;

namespace Orchestrator.Libvirt.Streams;

/// <summary>Takes a stream's bytes to a destination. A hole becomes a seek where the destination can, else zeros.</summary>
internal sealed class VolumeDownload(RpcStream stream, Stream destination, IProgress<long>? progress)
{
    private static readonly byte[] Zeros = new byte[64 * 1024];

    /// <returns>The bytes received, holes included.</returns>
    public async Task<long> RunAsync(CancellationToken stop)
    {
        var received = 0L;
        var endsInHole = false;
        await foreach (var packet in stream.Incoming.ReadAllAsync(stop).ConfigureAwait(false))
        {
            if (packet.Data is { } data)
            {
                await destination.WriteAsync(data, stop).ConfigureAwait(false);
                received += data.Length;
            }
            else
            {
                await SkipAsync(packet.Hole, stop).ConfigureAwait(false);
                received += packet.Hole;
            }

            endsInHole = packet.Data is null;
            progress?.Report(received);
        }

        if (endsInHole && destination.CanSeek && destination.Length < destination.Position)
        {
            destination.SetLength(destination.Position);
        }

        return received;
    }

    private async Task SkipAsync(long hole, CancellationToken stop)
    {
        if (destination.CanSeek)
        {
            destination.Seek(hole, SeekOrigin.Current);
            return;
        }

        for (; hole > 0; hole -= Math.Min(hole, Zeros.Length))
        {
            await destination.WriteAsync(Zeros.AsMemory(0, (int)Math.Min(hole, Zeros.Length)), stop).ConfigureAwait(false);
        }
    }
}
