using Orchestrator.Libvirt.Wire;

namespace Orchestrator.Libvirt;

public sealed partial class LibvirtConnection
{
    public Task<StoragePoolRef[]> ListPoolsAsync(StoragePoolListFlags flags, CancellationToken stop) =>
        CallAsync(
            Procedure.ConnectListAllStoragePools,
            w => w.Bool(true).UInt32((uint)flags),
            static (ref r) => r.Array(ProtocolLimits.MaxList, WireTypes.NamedBytes, WireTypes.Pool),
            stop);

    /// <returns>Null when there is none.</returns>
    public Task<StoragePoolRef?> FindPoolAsync(string name, CancellationToken stop) =>
        OrNullAsync(CallAsync(Procedure.StoragePoolLookupByName, w => w.String(name), WireTypes.Pool, stop), LibvirtErrorCode.NoStoragePool);

    /// <returns>Null when there is none.</returns>
    public Task<StoragePoolRef?> FindPoolAsync(Guid uuid, CancellationToken stop) =>
        OrNullAsync(CallAsync(Procedure.StoragePoolLookupByUuid, w => w.Uuid(uuid), WireTypes.Pool, stop), LibvirtErrorCode.NoStoragePool);

    public Task<StoragePoolRef> DefinePoolAsync(string xml, CancellationToken stop) =>
        CallAsync(Procedure.StoragePoolDefineXml, w => w.String(xml).UInt32(0), WireTypes.Pool, stop);

    /// <summary>Makes the pool's target: a directory, a file system, a volume group.</summary>
    public Task BuildPoolAsync(StoragePoolRef pool, StoragePoolBuildFlags flags, CancellationToken stop) =>
        LongCallAsync(Procedure.StoragePoolBuild, w => w.Pool(pool).UInt32((uint)flags), stop);

    /// <summary>Activates a defined pool.</summary>
    public Task StartPoolAsync(StoragePoolRef pool, StoragePoolCreateFlags flags, CancellationToken stop) =>
        LongCallAsync(Procedure.StoragePoolCreate, w => w.Pool(pool).UInt32((uint)flags), stop);

    /// <summary>Reads the pool's volumes again from the disk.</summary>
    public Task RefreshPoolAsync(StoragePoolRef pool, CancellationToken stop) =>
        LongCallAsync(Procedure.StoragePoolRefresh, w => w.Pool(pool).UInt32(0), stop);

    public Task<StoragePoolInfo> GetPoolInfoAsync(StoragePoolRef pool, CancellationToken stop) =>
        CallAsync(Procedure.StoragePoolGetInfo, w => w.Pool(pool), StoragePoolInfo.Read, stop);

    public Task<string> GetPoolXmlAsync(StoragePoolRef pool, CancellationToken stop) =>
        CallAsync(Procedure.StoragePoolGetXmlDesc, w => w.Pool(pool).UInt32(0), WireTypes.String, stop);

    public Task<bool> IsPoolActiveAsync(StoragePoolRef pool, CancellationToken stop) =>
        CallAsync(Procedure.StoragePoolIsActive, w => w.Pool(pool), WireTypes.Bool, stop);

    public Task<bool> GetPoolAutostartAsync(StoragePoolRef pool, CancellationToken stop) =>
        CallAsync(Procedure.StoragePoolGetAutostart, w => w.Pool(pool), WireTypes.Bool, stop);

    public Task SetPoolAutostartAsync(StoragePoolRef pool, bool on, CancellationToken stop) =>
        CallAsync(Procedure.StoragePoolSetAutostart, w => w.Pool(pool).Bool(on), stop);

    /// <summary>Deactivates the pool; its data stays.</summary>
    public Task StopPoolAsync(StoragePoolRef pool, CancellationToken stop) =>
        LongCallAsync(Procedure.StoragePoolDestroy, w => w.Pool(pool), stop);

    /// <summary>Forgets an inactive pool; its data stays.</summary>
    public Task UndefinePoolAsync(StoragePoolRef pool, CancellationToken stop) =>
        CallAsync(Procedure.StoragePoolUndefine, w => w.Pool(pool), stop);
}
