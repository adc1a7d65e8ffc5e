using System.Text.Json.Serialization;

namespace Orchestrator.Model;

/// <summary>A virtual machine that should exist, and whether it should run.</summary>
public sealed record VirtualMachine : Resource<VirtualMachineSpec, VirtualMachineStatus>
{
    /// <summary>Keeps a deleted VM's record until its domain and disks are gone.</summary>
    public const string Finalizer = "orchestrator.vm/domain";
}

public sealed record VirtualMachineSpec
{
    /// <summary>Name of the InstanceType that gives cpu, memory and disk.</summary>
    public string? InstanceType { get; init; }

    /// <summary>Virtual CPUs; overrides the instance type.</summary>
    public int? Cpu { get; init; }

    /// <summary>Overrides the instance type.</summary>
    public Quantity? Memory { get; init; }

    /// <summary>Size of the root disk; overrides the instance type. It can grow, never shrink.</summary>
    public Quantity? Disk { get; init; }

    /// <summary>Name of the Image the root disk starts from; without one the disk is empty. Immutable.</summary>
    public string? Image { get; init; }

    public RunStrategy RunStrategy { get; init; }

    /// <summary>How long, in seconds, the guest may take to shut down before it is stopped by force.</summary>
    public int TerminationGracePeriodSeconds { get; init; } = 30;

    public VmPlacement? Placement { get; init; }
}

/// <summary>When a VM should run (the meanings are KubeVirt's).</summary>
public enum RunStrategy
{
    /// <summary>Always: started again however it ended.</summary>
    Always,

    /// <summary>Started again after a failure, but not after the guest shut itself down.</summary>
    RerunOnFailure,

    /// <summary>Exists; somebody else starts and stops it.</summary>
    Manual,

    /// <summary>Exists, and is kept off.</summary>
    Halted,
}

/// <summary>Where a VM may and should go.</summary>
public sealed record VmPlacement
{
    /// <summary>Name of the one PM it must be on.</summary>
    public string? Host { get; init; }

    /// <summary>Labels the PM must have.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public StringMap NodeSelector { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public EquatableArray<Toleration> Tolerations { get; init; }

    /// <summary>VMs to be near to.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public EquatableArray<AffinityTerm> Affinity { get; init; }

    /// <summary>VMs to be away from.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public EquatableArray<AffinityTerm> AntiAffinity { get; init; }

    /// <summary>Name of a placement policy of the configuration to use instead of the default.</summary>
    public string? Policy { get; init; }
}

/// <summary>Lets a VM onto PMs with a taint of this key and value (any value when none is given).</summary>
public sealed record Toleration
{
    public required string Key { get; init; }

    public string? Value { get; init; }
}

/// <summary>Other VMs of the same namespace, by their labels.</summary>
public sealed record AffinityTerm
{
    public required StringMap MatchLabels { get; init; }

    /// <summary>The PM label whose equal value means "the same place"; without it, the PM itself.</summary>
    public string? TopologyKey { get; init; }

    /// <summary>False makes it a wish that only counts in scoring.</summary>
    public bool Required { get; init; } = true;
}

public enum VmPhase
{
    /// <summary>Has no PM yet.</summary>
    Pending,

    /// <summary>Has a PM; disk and domain are being made or changed.</summary>
    Provisioning,
    Running,
    Paused,
    Stopping,
    Stopped,

    /// <summary>The guest shut itself down and its run strategy lets it rest.</summary>
    Succeeded,

    /// <summary>Something is wrong that trying again may not mend; the conditions say what.</summary>
    Failed,

    /// <summary>Its PM does not answer.</summary>
    Unknown,
    Terminating,
}

public sealed record VirtualMachineStatus : ResourceStatus
{
    public VmPhase Phase { get; init; }

    /// <summary>Name of the PM it is bound to. Written once by placement; the domain exists nowhere else.</summary>
    public string? Host { get; init; }

    /// <summary>Sizes at the time of placement: what is reserved on the PM.</summary>
    public Resources? Reserved { get; init; }

    /// <summary>Fixed at placement, before the disk is made.</summary>
    public RootDiskStatus? RootDisk { get; init; }

    /// <summary>When the guest was asked to shut down; cleared when it is off.</summary>
    public DateTimeOffset? StopRequestedAt { get; init; }

    public DateTimeOffset? StartedAt { get; init; }

    /// <summary>How often it was started again in a row without running long in between.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public int Restarts { get; init; }

    /// <summary>What the running guest's balloon was last asked for.</summary>
    public long? MemoryAskedMiB { get; init; }
}

/// <summary>A VM's root disk: a file in its PM's storage folder.</summary>
public sealed record RootDiskStatus
{
    public required string Volume { get; init; }

    /// <summary>The image copy it is an overlay of. Stays the same when the image changes later.</summary>
    public string? Base { get; init; }

    public DiskFormat? BaseFormat { get; init; }

    /// <summary>True once it was seen; if it is missing later, data was lost.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool Created { get; init; }
}
