using Orchestrator.Libvirt.Wire;

namespace Orchestrator.Libvirt;

public sealed partial class LibvirtConnection
{
    public Task<VolumeRef[]> ListVolumesAsync(StoragePoolRef pool, CancellationToken stop) =>
        CallAsync(
            Procedure.StoragePoolListAllVolumes,
            w => w.Pool(pool).Bool(true).UInt32(0),
            static (ref r) => r.Array(ProtocolLimits.MaxList, WireTypes.VolumeBytes, WireTypes.Volume),
            stop);

    /// <returns>Null when there is none. A file that came into the pool by another way is seen after a refresh only.</returns>
    public Task<VolumeRef?> FindVolumeAsync(StoragePoolRef pool, string name, CancellationToken stop) =>
        OrNullAsync(CallAsync(Procedure.StorageVolLookupByName, w => w.Pool(pool).String(name), WireTypes.Volume, stop), LibvirtErrorCode.NoStorageVolume);

    /// <returns>Null when no active pool has it.</returns>
    public Task<VolumeRef?> FindVolumeByPathAsync(string path, CancellationToken stop) =>
        OrNullAsync(CallAsync(Procedure.StorageVolLookupByPath, w => w.String(path), WireTypes.Volume, stop), LibvirtErrorCode.NoStorageVolume);

    public Task<VolumeRef> CreateVolumeAsync(StoragePoolRef pool, string xml, VolumeCreateFlags flags, CancellationToken stop) =>
        LongCallAsync(Procedure.StorageVolCreateXml, w => w.Pool(pool).String(xml).UInt32((uint)flags), WireTypes.Volume, stop);

    /// <summary>Creates a volume with the contents of another, converting the format where they differ.</summary>
    public Task<VolumeRef> CreateVolumeFromAsync(StoragePoolRef pool, string xml, VolumeRef source, VolumeCreateFlags flags, CancellationToken stop) =>
        LongCallAsync(
            Procedure.StorageVolCreateXmlFrom,
            w => w.Pool(pool).String(xml).Volume(source).UInt32((uint)flags),
            WireTypes.Volume,
            stop);

    public Task DeleteVolumeAsync(VolumeRef volume, VolumeDeleteFlags flags, CancellationToken stop) =>
        LongCallAsync(Procedure.StorageVolDelete, w => w.Volume(volume).UInt32((uint)flags), stop);

    public Task<VolumeInfo> GetVolumeInfoAsync(VolumeRef volume, CancellationToken stop) =>
        CallAsync(Procedure.StorageVolGetInfo, w => w.Volume(volume), VolumeInfo.Read, stop);

    public Task<string> GetVolumeXmlAsync(VolumeRef volume, CancellationToken stop) =>
        CallAsync(Procedure.StorageVolGetXmlDesc, w => w.Volume(volume).UInt32(0), WireTypes.String, stop);

    /// <summary>Where it is on the host.</summary>
    public Task<string> GetVolumePathAsync(VolumeRef volume, CancellationToken stop) =>
        CallAsync(Procedure.StorageVolGetPath, w => w.Volume(volume), WireTypes.String, stop);

    /// <param name="bytes">The new capacity, or with <see cref="VolumeResizeFlags.Delta"/> the difference.</param>
    public Task ResizeVolumeAsync(VolumeRef volume, ulong bytes, VolumeResizeFlags flags, CancellationToken stop) =>
        LongCallAsync(Procedure.StorageVolResize, w => w.Volume(volume).UInt64(bytes).UInt32((uint)flags), stop);
}
