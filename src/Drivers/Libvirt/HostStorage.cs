using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using Orchestrator.Libvirt;
using Orchestrator.Planning;

namespace Orchestrator.Drivers.Libvirt;

/// <summary>
/// A PM's storage folder: a libvirt pool that holds image copies and disks. Two kinds of empty files say something by being there: the
/// cluster's mark (the folder is ours and mounted) and <c>NAME.ready</c> (the image copy NAME is complete).
/// </summary>
internal sealed partial class HostStorage(HostSession session, string cluster, ILogger log)
{
    private const string DefaultPoolName = "orchestrator";
    private readonly ConcurrentDictionary<string, bool> _complete = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, SemaphoreSlim> _uploads = new(StringComparer.Ordinal);
    private volatile StoragePoolRef? _pool;
    private volatile ObservedStorage? _known;

    private string Mark => $"cluster-{cluster}";

    public string PathOf(string volume) => $"{session.StoragePath}/{volume}";

    /// <summary>Forgets what was seen; the next look asks again.</summary>
    public void Forget()
    {
        _known = null;
        _pool = null;
        _complete.Clear();
    }

    public async ValueTask<ObservedStorage> ObserveAsync(bool fresh, CancellationToken stop)
    {
        if (!fresh && _known is { } known)
        {
            return known;
        }

        var pool = await FindPoolAsync(stop).ConfigureAwait(false);
        var active = pool is not null && await session.Link.Control.IsPoolActiveAsync(pool, stop).ConfigureAwait(false);
        var marked = active && await SizeAsync(pool!, Mark, stop).ConfigureAwait(false) is not null;
        if (active && !marked)
        {
            // A disk mounted after libvirt looked: its files are not in the pool's list yet.
            await session.Link.Control.RefreshPoolAsync(pool!, stop).ConfigureAwait(false);
            marked = await SizeAsync(pool!, Mark, stop).ConfigureAwait(false) is not null;
        }

        var seen = new ObservedStorage(active, marked);
        _known = seen;
        return seen;
    }

    /// <summary>What the folder has and what is free of it, in GiB: what VMs' disks and image copies take now counts as capacity.</summary>
    public async ValueTask<long> CapacityGiBAsync(CancellationToken stop)
    {
        if (await FindPoolAsync(stop).ConfigureAwait(false) is not { } pool || !await session.Link.Control.IsPoolActiveAsync(pool, stop).ConfigureAwait(false))
        {
            return 0;
        }

        var info = await session.Link.Control.GetPoolInfoAsync(pool, stop).ConfigureAwait(false);
        var volumes = await session.Link.Control.ListVolumesAsync(pool, stop).ConfigureAwait(false);
        var used = 0UL;
        foreach (var volume in volumes)
        {
            try
            {
                used += (await session.Link.Control.GetVolumeInfoAsync(volume, stop).ConfigureAwait(false)).Allocation;
            }
            catch (LibvirtOperationException)
            {
                // It went while we were looking.
            }
        }

        return (long)((info.Available + used) >> 30);
    }

    /// <summary>The size of a disk that a guest sees, or null when there is no such file.</summary>
    public async ValueTask<long?> DiskSizeAsync(string volume, CancellationToken stop) =>
        await FindPoolAsync(stop).ConfigureAwait(false) is { } pool ? await SizeAsync(pool, volume, stop).ConfigureAwait(false) : null;

    public async ValueTask<bool> IsCompleteAsync(string image, CancellationToken stop)
    {
        if (_complete.ContainsKey(image))
        {
            return true;
        }

        if (await FindPoolAsync(stop).ConfigureAwait(false) is not { } pool
            || await SizeAsync(pool, Ready(image), stop).ConfigureAwait(false) is null
            || await SizeAsync(pool, image, stop).ConfigureAwait(false) is null)
        {
            return false;
        }

        _complete[image] = true;
        return true;
    }

    public async ValueTask PrepareAsync(bool mayMark, CancellationToken stop)
    {
        var connection = session.Link.Control;
        var pool = await FindPoolAsync(stop).ConfigureAwait(false);
        if (pool is null)
        {
            var name = await connection.FindPoolAsync(DefaultPoolName, stop).ConfigureAwait(false) is null ? DefaultPoolName : $"{DefaultPoolName}-{cluster}";
            pool = await connection.DefinePoolAsync(StorageXml.Pool(name, session.StoragePath), stop).ConfigureAwait(false);
        }

        if (!await connection.IsPoolActiveAsync(pool, stop).ConfigureAwait(false))
        {
            await connection.BuildPoolAsync(pool, StoragePoolBuildFlags.None, stop).ConfigureAwait(false);
            await connection.StartPoolAsync(pool, StoragePoolCreateFlags.None, stop).ConfigureAwait(false);
        }

        await connection.SetPoolAutostartAsync(pool, true, stop).ConfigureAwait(false);
        await connection.RefreshPoolAsync(pool, stop).ConfigureAwait(false);
        if (mayMark)
        {
            await CreateAsync(pool, Mark, StorageXml.Marker(Mark), stop).ConfigureAwait(false);
        }

        Forget();
    }

    /// <summary>Uploads an image unless its copy is complete. Many VMs may wait for the same one: it travels once.</summary>
    public async ValueTask UploadAsync(BaseImage image, CancellationToken stop)
    {
        var one = _uploads.GetOrAdd(image.Volume, _ => new(1, 1));
        await one.WaitAsync(stop).ConfigureAwait(false);
        try
        {
            if (await IsCompleteAsync(image.Volume, stop).ConfigureAwait(false))
            {
                return;
            }

            var pool = await PoolAsync(stop).ConfigureAwait(false);
            await CreateAsync(pool, image.Volume, StorageXml.ImageCopy(image.Volume, image.SizeBytes), stop).ConfigureAwait(false);
            using (var file = new FileStream(image.File, FileMode.Open, FileAccess.Read, FileShare.Read))
            {
                if (file.Length != image.SizeBytes)
                {
                    throw new StepException($"{image.File} has changed: it had {image.SizeBytes} bytes, it has {file.Length}");
                }

                var connection = await session.Link.OwnAsync(stop).ConfigureAwait(false);
                await using var closing = connection.ConfigureAwait(false);
                await connection.UploadVolumeAsync(Volume(pool, image.Volume), file, image.SizeBytes, sparse: true, progress: null, stop).ConfigureAwait(false);
            }

            await CreateAsync(pool, Ready(image.Volume), StorageXml.Marker(Ready(image.Volume)), stop).ConfigureAwait(false);
            Log.Uploaded(log, image.Volume, session.Name, image.SizeBytes);
        }
        finally
        {
            one.Release();
        }
    }

    public async ValueTask CreateDiskAsync(RootDisk disk, CancellationToken stop)
    {
        var pool = await PoolAsync(stop).ConfigureAwait(false);
        await CreateAsync(pool, disk.Volume, StorageXml.Disk(disk, disk.Base is null ? null : PathOf(disk.Base.Volume)), stop).ConfigureAwait(false);
    }

    public async ValueTask GrowAsync(string volume, long bytes, CancellationToken stop)
    {
        var pool = await PoolAsync(stop).ConfigureAwait(false);
        if (await SizeAsync(pool, volume, stop).ConfigureAwait(false) < bytes)
        {
            await session.Link.Control.ResizeVolumeAsync(Volume(pool, volume), (ulong)bytes, VolumeResizeFlags.None, stop).ConfigureAwait(false);
        }
    }

    public async ValueTask RemoveAsync(string volume, CancellationToken stop)
    {
        var pool = await PoolAsync(stop).ConfigureAwait(false);
        try
        {
            await session.Link.Control.DeleteVolumeAsync(Volume(pool, volume), VolumeDeleteFlags.None, stop).ConfigureAwait(false);
        }
        catch (LibvirtOperationException gone) when (gone.Code is LibvirtErrorCode.NoStorageVolume)
        {
            // Removed before: as wished.
        }
    }

    private static string Ready(string image) => $"{image}.ready";

    private async ValueTask<StoragePoolRef> PoolAsync(CancellationToken stop) =>
        await FindPoolAsync(stop).ConfigureAwait(false) ?? throw new StepException($"{session.Name} has no storage pool at {session.StoragePath}");

    /// <summary>The pool whose folder is ours, whatever its name.</summary>
    private async ValueTask<StoragePoolRef?> FindPoolAsync(CancellationToken stop)
    {
        if (_pool is { } known)
        {
            return known;
        }

        foreach (var pool in await session.Link.Control.ListPoolsAsync(StoragePoolListFlags.All, stop).ConfigureAwait(false))
        {
            if (StorageXml.PoolPath(await session.Link.Control.GetPoolXmlAsync(pool, stop).ConfigureAwait(false)) == session.StoragePath)
            {
                _pool = pool;
                return pool;
            }
        }

        return null;
    }

    private VolumeRef Volume(StoragePoolRef pool, string name) => new(pool.Name, name, PathOf(name));

    /// <summary>Asks libvirt to look at the file itself: its list of volumes does not notice files removed behind its back.</summary>
    private async ValueTask<long?> SizeAsync(StoragePoolRef pool, string volume, CancellationToken stop)
    {
        try
        {
            return (long)(await session.Link.Control.GetVolumeInfoAsync(Volume(pool, volume), stop).ConfigureAwait(false)).Capacity;
        }
        catch (LibvirtOperationException gone) when (gone.Code is LibvirtErrorCode.NoStorageVolume or LibvirtErrorCode.NoStoragePool)
        {
            return null;
        }
    }

    private async ValueTask CreateAsync(StoragePoolRef pool, string name, string xml, CancellationToken stop)
    {
        var connection = await session.Link.LongAsync(stop).ConfigureAwait(false);
        try
        {
            await connection.CreateVolumeAsync(pool, xml, VolumeCreateFlags.None, stop).ConfigureAwait(false);
        }
        catch (LibvirtOperationException there) when (there.Code is LibvirtErrorCode.StorageVolumeExists)
        {
            if (await SizeAsync(pool, name, stop).ConfigureAwait(false) is null)
            {
                // Listed, but its file is gone: libvirt must look again before it makes a new one.
                await connection.RefreshPoolAsync(pool, stop).ConfigureAwait(false);
                await connection.CreateVolumeAsync(pool, xml, VolumeCreateFlags.None, stop).ConfigureAwait(false);
            }
        }
    }

    private static partial class Log
    {
        [LoggerMessage(3, LogLevel.Information, "{Image} was uploaded to {Host} ({Bytes} bytes)")]
        public static partial void Uploaded(ILogger logger, string image, string host, long bytes);
    }
}
