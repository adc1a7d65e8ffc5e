using Orchestrator.Libvirt.Wire;

namespace Orchestrator.Libvirt;

/// <summary>virDomainState.</summary>
public enum DomainState
{
    NoState = 0,
    Running = 1,
    Blocked = 2,
    Paused = 3,

    /// <summary>On its way down.</summary>
    ShuttingDown = 4,
    ShutOff = 5,
    Crashed = 6,
    PmSuspended = 7,
}

/// <summary>A domain's state; the meaning of <paramref name="Reason"/> depends on it (virDomain*Reason).</summary>
public sealed record DomainStatus(DomainState State, int Reason);

/// <summary>Sizes of a disk in bytes.</summary>
/// <param name="Capacity">What the guest sees.</param>
/// <param name="Allocation">What is occupied on the host.</param>
/// <param name="Physical">Size of the file or device that holds it.</param>
public sealed record BlockInfo(ulong Allocation, ulong Capacity, ulong Physical)
{
    internal static BlockInfo Read(ref XdrReader r) => new(r.UInt64(), r.UInt64(), r.UInt64());
}

/// <summary>virDomainJobType.</summary>
public enum DomainJobType
{
    None = 0,
    Bounded = 1,
    Unbounded = 2,
    Completed = 3,
    Failed = 4,
    Cancelled = 5,
}

/// <summary>The job a domain is busy with (migration, save, dump), with the driver's figures (<c>virDomainGetJobStats</c>).</summary>
public sealed record DomainJob(DomainJobType Type, TypedParameters Parameters);

/// <summary>virDomainMetadataType.</summary>
public enum DomainMetadataKind
{
    Description = 0,
    Title = 1,

    /// <summary>An XML element of the caller's namespace.</summary>
    Element = 2,
}
