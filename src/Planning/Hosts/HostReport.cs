using Orchestrator.Model;

namespace Orchestrator.Planning;

/// <summary>Says in a PM's status what is so.</summary>
public static class HostReport
{
    public const string Ready = "Ready";

    private const int MaxNames = 100;

    public static PhysicalMachineStatus Unreachable(PhysicalMachine machine, string why, DateTimeOffset now) => machine.Status with
    {
        Phase = machine.Metadata.Deleting ? MachinePhase.Terminating : MachinePhase.Unreachable,
        ObservedGeneration = machine.Metadata.Generation,
        Conditions = machine.Status.Conditions.Set(Condition(machine, ConditionStatus.Unknown, "Unreachable", why), now),
    };

    /// <summary>The status of a PM that is to go but still has VMs.</summary>
    public static PhysicalMachineStatus InUse(PhysicalMachine machine, int vms, DateTimeOffset now) => machine.Status with
    {
        Phase = MachinePhase.Terminating,
        ObservedGeneration = machine.Metadata.Generation,
        Conditions = machine.Status.Conditions.Set(Condition(machine, ConditionStatus.False, "InUse", $"{vms} VMs are still bound to it; delete them first"), now),
    };

    /// <param name="machine">The stored object.</param>
    /// <param name="observed">What was seen.</param>
    /// <param name="known">UIDs of the VMs that have an object: marked domains without one are orphans.</param>
    /// <param name="plan">What is still to be done for the PM itself.</param>
    /// <param name="failure">Why that failed, or null.</param>
    /// <param name="now">The time for transitions.</param>
    public static PhysicalMachineStatus Of(
        PhysicalMachine machine, ObservedHost observed, IReadOnlySet<Guid> known, Plan plan, string? failure, DateTimeOffset now)
    {
        var usable = machine.Spec.Hypervisor is HypervisorChoice.Auto
            ? observed.Hypervisors.Count > 0
            : observed.Hypervisors.Contains(machine.Spec.Hypervisor.ToString().ToLowerInvariant(), StringComparer.Ordinal);
        var (phase, reason, message) = (failure, plan.Blocked, usable) switch
        {
            ({ } why, _, _) => (MachinePhase.NotReady, "StepFailed", $"{why}; it is tried again"),
            (_, { } blocked, _) => (MachinePhase.NotReady, blocked.Reason, blocked.Message),
            (_, _, false) => (MachinePhase.NotReady, "NoHypervisor", $"no usable hypervisor: wanted {machine.Spec.Hypervisor}, found [{string.Join(", ", observed.Hypervisors)}]"),
            _ => (MachinePhase.Ready, "Ready", "connected and usable"),
        };
        var status = machine.Status;
        return status with
        {
            Phase = machine.Metadata.Deleting ? MachinePhase.Terminating : phase,
            ObservedGeneration = machine.Metadata.Generation,
            Hostname = observed.Hostname,
            Architecture = observed.Architecture,
            CpuModel = observed.CpuModel,
            Capacity = observed.Capacity,
            Foreign = observed.Foreign,
            Hypervisors = observed.Hypervisors,
            LibvirtVersion = observed.LibvirtVersion,
            HypervisorVersion = observed.HypervisorVersion,
            ForeignDomains = [.. observed.ForeignDomains.Order(StringComparer.Ordinal).Take(MaxNames)],
            OrphanDomains = [.. observed.MarkedDomains.Where(domain => !known.Contains(domain.Uid)).Select(domain => domain.Name).Order(StringComparer.Ordinal).Take(MaxNames)],
            StoragePrepared = status.StoragePrepared || observed.Storage is { Active: true, Marked: true },
            Conditions = status.Conditions.Set(
                Condition(machine, phase is MachinePhase.Ready ? ConditionStatus.True : ConditionStatus.False, reason, message), now),
        };
    }

    private static Condition Condition(PhysicalMachine machine, ConditionStatus status, string reason, string message) =>
        new() { Type = Ready, Status = status, Reason = reason, Message = message, ObservedGeneration = machine.Metadata.Generation };
}
