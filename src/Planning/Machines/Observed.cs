using Orchestrator.Model;

namespace Orchestrator.Planning;

/// <summary>Libvirt's domain states (<c>virDomainState</c>), as far as they differ for us.</summary>
public enum DomainState
{
    Off,
    Running,
    Paused,
    ShuttingDown,
    Crashed,
}

/// <summary>Why a domain is in its state, as far as it matters.</summary>
public enum StateReason
{
    Unknown,

    /// <summary>The guest shut itself down.</summary>
    Shutdown,

    /// <summary>Ended by force, or its process died.</summary>
    Destroyed,
    Crashed,
    Failed,

    /// <summary>Its state was saved to a file; it resumes from there when started.</summary>
    Saved,

    /// <summary>Paused because its storage failed.</summary>
    IoError,
}

/// <summary>Whether a domain with our UUID bears our mark.</summary>
public enum MarkState
{
    Ours,

    /// <summary>No mark, but the UUID is ours: somebody redefined it by hand.</summary>
    Missing,

    /// <summary>Another cluster's. Never touched.</summary>
    Foreign,
}

/// <summary>The part of a definition that we own.</summary>
public sealed record DomainConfig(int Cpu, int MaxCpu, long MemoryMiB, long MaxMemoryMiB, EquatableArray<DomainDisk> Disks);

/// <summary>A domain as libvirt reported it.</summary>
/// <param name="SpecHash">The hash in its mark.</param>
/// <param name="Config">What it will be at its next start; null when it is transient.</param>
/// <param name="Live">What it runs with; null when it is off.</param>
public sealed record ObservedDomain(DomainState State, StateReason Reason, MarkState Mark, string? SpecHash, DomainConfig? Config, DomainConfig? Live)
{
    /// <summary>A QEMU process (or its like) exists.</summary>
    public bool Active => State is not DomainState.Off;
}

/// <summary>One look at a VM's PM. Null parts mean "looked, and there is none"; a look that failed gives no such record at all.</summary>
/// <param name="NameTakenBy">UUID of another domain that has our name.</param>
/// <param name="StorageReady">The storage folder is there and bears our mark; without it nothing is known about disks.</param>
/// <param name="DiskBytes">Size of the root disk a guest sees; null when there is none.</param>
/// <param name="ImageReady">The image's copy is there and complete.</param>
/// <param name="ActiveElsewhere">Other PMs on which a domain of this VM runs.</param>
public sealed record ObservedMachine(
    ObservedDomain? Domain, Guid? NameTakenBy, bool StorageReady, long? DiskBytes, bool ImageReady, EquatableArray<string> ActiveElsewhere);

/// <summary>What else the planner may consult: time, and what earlier rounds remembered.</summary>
/// <param name="Succeeded">The guest had shut itself down, and was left at rest.</param>
/// <param name="Stopped">It was off because it was wished to be, or because nobody had started it.</param>
/// <param name="MemoryAskedMiB">What the running guest's balloon was last asked for.</param>
public sealed record MachineFacts(
    DateTimeOffset Now,
    DateTimeOffset? StopRequestedAt = null,
    DateTimeOffset? StartedAt = null,
    int Restarts = 0,
    bool Succeeded = false,
    bool Stopped = false,
    long? MemoryAskedMiB = null);
