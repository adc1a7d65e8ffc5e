using Orchestrator.Libvirt.Wire;

namespace Orchestrator.Libvirt;

public sealed partial class LibvirtConnection
{
    public Task<DomainRef[]> ListDomainsAsync(DomainListFlags flags, CancellationToken stop) =>
        CallAsync(
            Procedure.ConnectListAllDomains,
            w => w.Bool(true).UInt32((uint)flags),
            static (ref r) => r.Array(ProtocolLimits.MaxList, WireTypes.DomainBytes, WireTypes.Domain),
            stop);

    /// <returns>Null when there is none.</returns>
    public Task<DomainRef?> FindDomainAsync(Guid uuid, CancellationToken stop) =>
        OrNullAsync(CallAsync(Procedure.DomainLookupByUuid, w => w.Uuid(uuid), WireTypes.Domain, stop), LibvirtErrorCode.NoDomain);

    /// <returns>Null when there is none.</returns>
    public Task<DomainRef?> FindDomainAsync(string name, CancellationToken stop) =>
        OrNullAsync(CallAsync(Procedure.DomainLookupByName, w => w.String(name), WireTypes.Domain, stop), LibvirtErrorCode.NoDomain);

    /// <returns>Null when the domain is gone.</returns>
    public Task<DomainStatus?> GetStateAsync(DomainRef domain, CancellationToken stop) =>
        OrNullAsync(
            CallAsync(
                Procedure.DomainGetState,
                w => w.Domain(domain).UInt32(0),
                static (ref r) => new DomainStatus((DomainState)r.Int32(), r.Int32()),
                stop),
            LibvirtErrorCode.NoDomain);

    /// <returns>Null when the domain is gone.</returns>
    public Task<string?> GetXmlAsync(DomainRef domain, DomainXmlFlags flags, CancellationToken stop) =>
        OrNullAsync(CallAsync(Procedure.DomainGetXmlDesc, w => w.Domain(domain).UInt32((uint)flags), WireTypes.String, stop), LibvirtErrorCode.NoDomain);

    public Task<bool> IsPersistentAsync(DomainRef domain, CancellationToken stop) =>
        CallAsync(Procedure.DomainIsPersistent, w => w.Domain(domain), WireTypes.Bool, stop);

    public Task<bool> GetAutostartAsync(DomainRef domain, CancellationToken stop) =>
        CallAsync(Procedure.DomainGetAutostart, w => w.Domain(domain), WireTypes.Bool, stop);

    public Task SetAutostartAsync(DomainRef domain, bool on, CancellationToken stop) =>
        CallAsync(Procedure.DomainSetAutostart, w => w.Domain(domain).Bool(on), stop);

    /// <param name="disk">Target name (<c>vda</c>) or source path.</param>
    public Task<BlockInfo> GetBlockInfoAsync(DomainRef domain, string disk, CancellationToken stop) =>
        CallAsync(Procedure.DomainGetBlockInfo, w => w.Domain(domain).String(disk).UInt32(0), BlockInfo.Read, stop);

    /// <param name="uri">XML namespace of an <see cref="DomainMetadataKind.Element"/>; null for the other kinds.</param>
    /// <returns>Null when there is none.</returns>
    public Task<string?> GetMetadataAsync(DomainRef domain, DomainMetadataKind kind, string? uri, DomainAffect affect, CancellationToken stop) =>
        OrNullAsync(
            CallAsync(Procedure.DomainGetMetadata, w => w.Domain(domain).Int32((int)kind).OptionalString(uri).UInt32((uint)affect), WireTypes.String, stop),
            LibvirtErrorCode.NoDomainMetadata);

    /// <param name="value">Null removes it.</param>
    /// <param name="key">Namespace prefix of an <see cref="DomainMetadataKind.Element"/>; null for the other kinds.</param>
    /// <param name="uri">XML namespace of an <see cref="DomainMetadataKind.Element"/>; null for the other kinds.</param>
    public Task SetMetadataAsync(DomainRef domain, DomainMetadataKind kind, string? value, string? key, string? uri, DomainAffect affect, CancellationToken stop) =>
        LongCallAsync(
            Procedure.DomainSetMetadata,
            w => w.Domain(domain).Int32((int)kind).OptionalString(value).OptionalString(key).OptionalString(uri).UInt32((uint)affect),
            stop);

    /// <summary>The job the domain is busy with now.</summary>
    public Task<DomainJob> GetJobAsync(DomainRef domain, CancellationToken stop) =>
        CallAsync(
            Procedure.DomainGetJobStats,
            w => w.Domain(domain).UInt32(0),
            (ref r) => new DomainJob((DomainJobType)r.Int32(), WireTypes.Parameters(ref r, _names)),
            stop);

    public Task AbortJobAsync(DomainRef domain, CancellationToken stop) =>
        LongCallAsync(Procedure.DomainAbortJob, w => w.Domain(domain), stop);
}
