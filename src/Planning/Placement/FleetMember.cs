using Orchestrator.Model;

namespace Orchestrator.Planning;

/// <summary>A PM and the VMs bound to it. A VM that is being deleted is bound until its record is gone.</summary>
public sealed record FleetMember
{
    private static readonly Resources _nothing = new();

    private FleetMember(PhysicalMachine machine, EquatableArray<VirtualMachine> vms, Resources committed, EquatableArray<VirtualMachine> guarded)
    {
        Machine = machine;
        Vms = vms;
        Committed = committed;
        Guarded = guarded;
        Allocatable = machine.Status.Capacity is { } capacity ? Times(capacity, machine.Spec.Overcommit) : null;
        Room = Allocatable is null ? null : Allocatable - Taken;
    }

    public FleetMember(PhysicalMachine machine, EquatableArray<VirtualMachine> vms)
        : this(machine, vms, Sum(vms), [.. vms.Where(KeepsOthersAway)])
    {
    }

    public PhysicalMachine Machine { get; }

    public EquatableArray<VirtualMachine> Vms { get; }

    /// <summary>What is promised to its VMs: the sum of their <c>status.reserved</c>.</summary>
    public Resources Committed { get; }

    /// <summary>Those of its VMs that require others to stay away.</summary>
    internal EquatableArray<VirtualMachine> Guarded { get; }

    public string Name => Machine.Metadata.Name;

    /// <summary>Capacity without what foreign domains and our VMs take, never below zero, without overcommit. Null while the capacity is unknown.</summary>
    public Resources? Free => Machine.Status.Capacity is { } capacity ? AtLeastZero(capacity - Taken) : null;

    /// <summary>Capacity times overcommit, rounded down. Null while the capacity is unknown.</summary>
    public Resources? Allocatable { get; }

    /// <summary>What placement may still give away. Negative where more is taken than there is. Null while the capacity is unknown.</summary>
    public Resources? Room { get; }

    private Resources Taken => (Machine.Status.Foreign ?? _nothing) + Committed;

    internal FleetMember With(VirtualMachine vm) => new(
        Machine,
        [.. Vms, vm],
        vm.Status.Reserved is { } reserved ? Committed + reserved : Committed,
        KeepsOthersAway(vm) ? [.. Guarded, vm] : Guarded);

    private static bool KeepsOthersAway(VirtualMachine vm) => vm.Spec.Placement is { } placement && placement.AntiAffinity.Any(term => term.Required);

    private static Resources Sum(EquatableArray<VirtualMachine> vms) =>
        vms.Aggregate(_nothing, (sum, vm) => vm.Status.Reserved is { } reserved ? sum + reserved : sum);

    private static Resources Times(Resources amount, Overcommit factor) => new()
    {
        Cpu = (int)Math.Min(int.MaxValue, Times(amount.Cpu, factor.Cpu)),
        MemoryMiB = Times(amount.MemoryMiB, factor.Memory),
        DiskGiB = Times(amount.DiskGiB, factor.Disk),
    };

    /// <summary>In decimal, so that 100 times 0.29 is 29.</summary>
    private static long Times(long amount, double factor) => (long)Math.Min(long.MaxValue, decimal.Floor(amount * (decimal)factor));

    private static Resources AtLeastZero(Resources amount) =>
        new() { Cpu = Math.Max(0, amount.Cpu), MemoryMiB = Math.Max(0, amount.MemoryMiB), DiskGiB = Math.Max(0, amount.DiskGiB) };
}
