using Orchestrator.Libvirt.Rpc;
using Orchestrator.Libvirt.Streams;
using Orchestrator.Libvirt.Wire;

namespace Orchestrator.Libvirt;

public sealed partial class LibvirtConnection
{
    private const uint SparseStream = 1;

    /// <summary>
    /// Writes a volume's contents from its start. Bulk data delays other calls of the same connection: use one of its own.
    /// Without an end of its own: bounded by the peer's life (keepalive) and <paramref name="stop"/>.
    /// </summary>
    /// <param name="source">Read from its position, <paramref name="length"/> bytes.</param>
    /// <param name="sparse">Send long runs of zeros as holes; the volume must be new or empty, for nothing is written there.</param>
    /// <param name="progress">Told the number of bytes sent so far, holes included.</param>
    /// <exception cref="EndOfStreamException">The source is shorter than <paramref name="length"/>; the volume is left incomplete.</exception>
    public async Task UploadVolumeAsync(VolumeRef volume, Stream source, long length, bool sparse, IProgress<long>? progress, CancellationToken stop)
    {
        ArgumentNullException.ThrowIfNull(source);
        ArgumentOutOfRangeException.ThrowIfNegative(length);
        var stream = await _rpc.OpenStreamAsync(
            Procedure.StorageVolUpload,
            w => w.Volume(volume).UInt64(0).UInt64((ulong)length).UInt32(sparse ? SparseStream : 0),
            _options.LongCallTimeout,
            stop).ConfigureAwait(false);
        try
        {
            await new VolumeUpload(stream, source, sparse, progress).RunAsync(length, stop).ConfigureAwait(false);
            await FinishAsync(stream, stop).ConfigureAwait(false);
        }
        catch
        {
            stream.Abort();
            throw;
        }
    }

    /// <summary>Reads a volume's contents from its start. Bulk data delays other calls of the same connection: use one of its own.</summary>
    /// <param name="length">How much; 0 for all of it.</param>
    /// <param name="sparse">Let the host send holes as such; the destination skips them if it can seek.</param>
    /// <param name="progress">Told the number of bytes received so far, holes included.</param>
    /// <returns>The bytes received, holes included.</returns>
    public async Task<long> DownloadVolumeAsync(VolumeRef volume, Stream destination, long length, bool sparse, IProgress<long>? progress, CancellationToken stop)
    {
        ArgumentNullException.ThrowIfNull(destination);
        ArgumentOutOfRangeException.ThrowIfNegative(length);
        var stream = await _rpc.OpenStreamAsync(
            Procedure.StorageVolDownload,
            w => w.Volume(volume).UInt64(0).UInt64((ulong)length).UInt32(sparse ? SparseStream : 0),
            _options.LongCallTimeout,
            stop).ConfigureAwait(false);
        try
        {
            var received = await new VolumeDownload(stream, destination, progress).RunAsync(stop).ConfigureAwait(false);
            await FinishAsync(stream, stop).ConfigureAwait(false);
            return received;
        }
        catch
        {
            stream.Abort();
            throw;
        }
    }

    /// <summary>
    /// Opens a domain's console. Of a domain started paused, nothing the guest prints is missed. Read it steadily: when much output waits
    /// unread, the connection stops reading everything else too.
    /// </summary>
    /// <param name="device">Alias of the serial or console device; null: the first.</param>
    /// <returns>An asynchronous stream; disposing of it closes the console.</returns>
    public async Task<Stream> OpenConsoleAsync(DomainRef domain, string? device, ConsoleFlags flags, CancellationToken stop) =>
        new ConsoleStream(await _rpc.OpenStreamAsync(
            Procedure.DomainOpenConsole,
            w => w.Domain(domain).OptionalString(device).UInt32((uint)flags),
            _options.CallTimeout,
            stop).ConfigureAwait(false));

    /// <summary>Says that all is done and waits until the host agrees: an upload's data is written then.</summary>
    private async Task FinishAsync(RpcStream stream, CancellationToken stop)
    {
        stream.Finish();
        try
        {
            await stream.Ended.WaitAsync(_options.LongCallTimeout, _time, stop).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            throw new LibvirtTimeoutException("the end of the stream", _options.LongCallTimeout);
        }
    }
}
