using Orchestrator.Model;

namespace Orchestrator.Planning.Tests;

/// <summary>What may be where, said once more as plainly as possible and in no other order than it comes to mind. Slow.</summary>
internal static class PlacementOracle
{
    public static bool CanTake(Wanted wanted, FleetMember member, Fleet fleet)
    {
        var (vm, pm) = (wanted.Vm, member.Machine);
        var wishes = vm.Spec.Placement!;
        var others = fleet.Members.SelectMany(at => at.Vms.Select(other => (At: at.Machine, Vm: other))).Where(at => at.Vm.Metadata.Namespace == vm.Metadata.Namespace).ToList();
        return (wishes.Host ?? pm.Metadata.Name) == pm.Metadata.Name
            && pm.Metadata.DeletionTimestamp is null
            && pm.Status.Phase == MachinePhase.Ready
            && pm.Status.Capacity is not null
            && !pm.Spec.Cordoned
            && pm.Status.Hypervisors.Contains(pm.Spec.Hypervisor == HypervisorChoice.Kvm ? "kvm" : "qemu", StringComparer.Ordinal)
            && !pm.Status.ForeignDomains.Contains(vm.Metadata.Namespace == "team" ? "team:" + vm.Metadata.Name : vm.Metadata.Name, StringComparer.Ordinal)
            && wishes.NodeSelector.All(pair => pm.Metadata.Labels.Contains(pair))
            && pm.Spec.Taints.All(taint => wishes.Tolerations.Any(toleration => toleration.Key == taint.Key && (toleration.Value ?? taint.Value) == taint.Value))
            && HasRoom(wanted.Needs, member)
            && wishes.Affinity.Where(term => term.Required).All(term =>
                Place(pm, term) is { } here
                && (others.Any(other => other.Vm.Metadata.DeletionTimestamp is null && Matches(other.Vm, term) && Place(other.At, term) == here)
                    || (Matches(vm, term) && !others.Any(other => other.Vm.Metadata.DeletionTimestamp is null && Matches(other.Vm, term) && Place(other.At, term) is not null))))
            && others.All(other => MayMeet(vm, pm, other.Vm, other.At) && MayMeet(other.Vm, other.At, vm, pm));
    }

    /// <summary>What <paramref name="vm"/> requires leaves <paramref name="other"/> alone.</summary>
    public static bool MayMeet(VirtualMachine vm, PhysicalMachine at, VirtualMachine other, PhysicalMachine otherAt) =>
        vm.Spec.Placement!.AntiAffinity.All(term =>
            !term.Required || !Matches(other, term) || Place(at, term) is not { } here || here != Place(otherAt, term));

    public static bool WithinCapacity(FleetMember member)
    {
        var taken = member.Vms.Aggregate(new Resources(), (sum, vm) => sum + vm.Status.Reserved!);
        var limit = member.Machine.Spec.Overcommit;
        var capacity = member.Machine.Status.Capacity ?? new();
        var foreign = member.Machine.Status.Foreign ?? new();
        return (taken.Cpu == 0 || taken.Cpu + foreign.Cpu <= capacity.Cpu * limit.Cpu + 1e-9)
            && (taken.MemoryMiB == 0 || taken.MemoryMiB + foreign.MemoryMiB <= capacity.MemoryMiB * limit.Memory + 1e-9)
            && (taken.DiskGiB == 0 || taken.DiskGiB + foreign.DiskGiB <= capacity.DiskGiB * limit.Disk + 1e-9);
    }

    private static bool HasRoom(Resources needs, FleetMember member)
    {
        if (member.Machine.Status.Capacity is { } all && needs.Cpu > all.Cpu)
        {
            return false;
        }

        var before = member.Vms.Aggregate(new Resources(), (sum, vm) => sum + vm.Status.Reserved!);
        return WithinCapacity(new(member.Machine, [PlacementWorld.Vm(0).On(member.Name, new()
        {
            Cpu = needs.Cpu == 0 ? 0 : needs.Cpu + before.Cpu,
            MemoryMiB = needs.MemoryMiB == 0 ? 0 : needs.MemoryMiB + before.MemoryMiB,
            DiskGiB = needs.DiskGiB == 0 ? 0 : needs.DiskGiB + before.DiskGiB,
        })]));
    }

    private static bool Matches(VirtualMachine vm, AffinityTerm term) => term.MatchLabels.All(pair => vm.Metadata.Labels.Contains(pair));

    private static string? Place(PhysicalMachine machine, AffinityTerm term) =>
        term.TopologyKey is null ? machine.Metadata.Name : machine.Metadata.Labels.GetValueOrDefault(term.TopologyKey);
}
