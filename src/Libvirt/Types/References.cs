namespace Orchestrator.Libvirt;

/// <summary>A domain as libvirt names it on the wire. Only the UUID identifies it; a stale name or id does no harm.</summary>
/// <param name="Id">The hypervisor's number of the running domain, -1 when inactive.</param>
public sealed record DomainRef(string Name, Guid Uuid, int Id = -1);

public sealed record NetworkRef(string Name, Guid Uuid);

public sealed record StoragePoolRef(string Name, Guid Uuid);

/// <param name="Key">The volume's identity within the host: for files and block devices its path.</param>
public sealed record VolumeRef(string Pool, string Name, string Key);

public sealed record SecretRef(Guid Uuid, SecretUsage Usage, string UsageId);

/// <summary>virSecretUsageType.</summary>
public enum SecretUsage
{
    None = 0,
    Volume = 1,
    Ceph = 2,
    Iscsi = 3,
    Tls = 4,
    Vtpm = 5,
}
