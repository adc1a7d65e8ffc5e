using System.Text.Json.Serialization;

namespace Orchestrator.Model;

/// <summary>A host that runs libvirtd and is reached by a libvirt URI.</summary>
public sealed record PhysicalMachine : Resource<PhysicalMachineSpec, PhysicalMachineStatus>
{
    /// <summary>Keeps a deleted PM's record until no VM is bound to it.</summary>
    public const string Finalizer = "orchestrator.vm/host";
}

public sealed record PhysicalMachineSpec
{
    /// <summary>A libvirt URI, such as <c>qemu+ssh://root@host/system</c>.</summary>
    public required string Uri { get; init; }

    /// <summary>Which hypervisor its VMs run on; Auto takes KVM where it really works, else emulation.</summary>
    public HypervisorChoice Hypervisor { get; init; }

    /// <summary>True keeps new VMs away; those that are here stay.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool Cordoned { get; init; }

    /// <summary>Marks that keep VMs away unless they tolerate them.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public EquatableArray<Taint> Taints { get; init; }

    /// <summary>How much more than its capacity may be promised to VMs.</summary>
    public Overcommit Overcommit { get; init; } = new();

    /// <summary>The folder on the PM that holds images and disks.</summary>
    public string StoragePath { get; init; } = "/var/lib/libvirt/orchestrator";
}

public enum HypervisorChoice
{
    Auto,
    Kvm,
    Qemu,
    Xen,
    Test,
}

/// <summary>A mark on a PM; VMs without a matching toleration are not placed there.</summary>
public sealed record Taint
{
    public required string Key { get; init; }

    public string Value { get; init; } = "";
}

/// <summary>Factors by which each capacity is multiplied for placement; below 1 a part is held back.</summary>
public sealed record Overcommit
{
    /// <summary>Guests seldom compute all at once: four virtual CPUs to a real one. One VM alone never gets more CPUs than the PM has.</summary>
    public double Cpu { get; init; } = 4;

    public double Memory { get; init; } = 1;

    public double Disk { get; init; } = 1;
}

public enum MachinePhase
{
    /// <summary>Not looked at yet.</summary>
    Pending,
    Ready,

    /// <summary>Does not answer; what runs there is not known.</summary>
    Unreachable,

    /// <summary>Answers, but VMs cannot be kept there; the conditions say why.</summary>
    NotReady,
    Terminating,
}

public sealed record PhysicalMachineStatus : ResourceStatus
{
    public MachinePhase Phase { get; init; }

    public string? Hostname { get; init; }

    public string? Architecture { get; init; }

    public string? CpuModel { get; init; }

    /// <summary>What the host has; null until it was looked at.</summary>
    public Resources? Capacity { get; init; }

    /// <summary>What domains that are not ours take away.</summary>
    public Resources? Foreign { get; init; }

    /// <summary>Hypervisors that really start a guest here, best first: kvm, xen, qemu, test.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public EquatableArray<string> Hypervisors { get; init; }

    public string? LibvirtVersion { get; init; }

    public string? HypervisorVersion { get; init; }

    /// <summary>Domains on the host that are not ours; never touched.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public EquatableArray<string> ForeignDomains { get; init; }

    /// <summary>Domains that bear this cluster's mark but have no object here; reported, never touched.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public EquatableArray<string> OrphanDomains { get; init; }

    /// <summary>True once the storage folder was prepared and marked; from then on its mark must be there before anything is created in it.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool StoragePrepared { get; init; }
}

/// <summary>An amount of what a VM needs from a PM.</summary>
public sealed record Resources
{
    /// <summary>Virtual CPUs.</summary>
    public int Cpu { get; init; }

    public long MemoryMiB { get; init; }

    public long DiskGiB { get; init; }

    public static Resources operator +(Resources left, Resources right) =>
        new() { Cpu = left.Cpu + right.Cpu, MemoryMiB = left.MemoryMiB + right.MemoryMiB, DiskGiB = left.DiskGiB + right.DiskGiB };

    public static Resources operator -(Resources left, Resources right) =>
        new() { Cpu = left.Cpu - right.Cpu, MemoryMiB = left.MemoryMiB - right.MemoryMiB, DiskGiB = left.DiskGiB - right.DiskGiB };
}
