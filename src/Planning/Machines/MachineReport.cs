using Orchestrator.Model;

namespace Orchestrator.Planning;

/// <summary>What happened in this round that the status must tell.</summary>
/// <param name="Failure">Why the last step failed, or null.</param>
/// <param name="Failures">How many rounds in a row have failed.</param>
public sealed record RoundOutcome(string? Failure = null, int Failures = 0);

/// <summary>Says in a VM's status what is so: phase, conditions with reasons, and what must be remembered.</summary>
public static class MachineReport
{
    public const string Ready = "Ready";
    public const string Scheduled = "Scheduled";
    public const string RestartRequired = "RestartRequired";
    public const string DataLost = "DataLost";

    /// <summary>After so many failed rounds a VM that does not run is called failed; trying goes on.</summary>
    public const int FailedAfter = 3;

    /// <summary>What the planner may know from earlier rounds.</summary>
    public static MachineFacts Facts(VirtualMachineStatus status, DateTimeOffset now) => new(
        now,
        status.StopRequestedAt,
        status.StartedAt,
        status.Restarts,
        status.Phase is VmPhase.Succeeded,
        status.Phase is VmPhase.Stopped,
        status.MemoryAskedMiB);

    /// <summary>What must be told before a plan is performed, so that a crash right after it cannot hide it: a disk that is made a second time.</summary>
    public static VirtualMachineStatus Announce(VirtualMachine vm, VirtualMachineStatus status, Plan plan, DateTimeOffset now) =>
        status.RootDisk is { Created: true } disk && plan.Steps.OfType<CreateDisk>().Any()
            ? status with
            {
                Conditions = status.Conditions.Set(
                    Condition(vm, DataLost, ConditionStatus.True, "DiskFileGone", $"{disk.Volume} was removed from {status.Host}; it is made anew, and what the guest had written is lost"), now),
            }
            : status;

    /// <summary>The status after these steps were done: only what the planner must remember.</summary>
    public static VirtualMachineStatus Remember(VirtualMachineStatus status, IEnumerable<Step> done, DateTimeOffset now)
    {
        foreach (var step in done)
        {
            status = step switch
            {
                StartDomain => status with
                {
                    // The wait before the last start does not count as having run.
                    Restarts = status.StartedAt is null ? 0
                        : now - status.StartedAt < VirtualMachinePlanner.BackOff(status.Restarts) + VirtualMachinePlanner.Settled ? status.Restarts + 1
                        : 1,
                    StartedAt = now.ToSecond(),
                    StopRequestedAt = null,
                    MemoryAskedMiB = null,
                },
                RequestShutdown => status with { StopRequestedAt = now.ToSecond() },
                SetMemory asked => status with { MemoryAskedMiB = asked.MemoryMiB },
                CreateDisk when status.RootDisk is { } disk => status with { RootDisk = disk with { Created = true } },
                _ => status,
            };
        }

        return status;
    }

    /// <summary>The status when the PM does not answer: what runs there is unknown, which is not "stopped".</summary>
    public static VirtualMachineStatus Unreachable(VirtualMachine vm, string why, DateTimeOffset now) => vm.Status with
    {
        Phase = vm.Metadata.Deleting ? VmPhase.Terminating : VmPhase.Unknown,
        ObservedGeneration = vm.Metadata.Generation,
        Conditions = vm.Status.Conditions.Set(Condition(vm, Ready, ConditionStatus.Unknown, "HostUnreachable", why), now),
    };

    /// <summary>The status of a VM that has no PM.</summary>
    public static VirtualMachineStatus Unplaced(VirtualMachine vm, string reason, string message, DateTimeOffset now) => vm.Status with
    {
        Phase = VmPhase.Pending,
        ObservedGeneration = vm.Metadata.Generation,
        Conditions = vm.Status.Conditions
            .Set(Condition(vm, Scheduled, ConditionStatus.False, reason, message), now)
            .Set(Condition(vm, Ready, ConditionStatus.False, reason, message), now),
    };

    /// <summary>The status of a VM just bound to a PM.</summary>
    public static VirtualMachineStatus Bound(VirtualMachine vm, string host, Resources size, RootDiskStatus? disk, DateTimeOffset now) => vm.Status with
    {
        Phase = VmPhase.Provisioning,
        Host = host,
        Reserved = size,
        RootDisk = disk,
        ObservedGeneration = vm.Metadata.Generation,
        Conditions = vm.Status.Conditions
            .Set(Condition(vm, Scheduled, ConditionStatus.True, "Placed", $"placed on {host}"), now)
            .Set(Condition(vm, Ready, ConditionStatus.False, "Provisioning", $"being made on {host}"), now),
    };

    /// <summary>The status after a look and the plan made from it.</summary>
    public static VirtualMachineStatus Of(
        VirtualMachine vm, DesiredMachine desired, Resources size, ObservedMachine observed, Plan plan, RoundOutcome outcome, DateTimeOffset now)
    {
        var old = vm.Status;
        var active = observed.Domain is { Active: true };
        var phase = Phase(desired, observed, plan, old, outcome);
        var (ready, reason, message) = Readiness(phase, desired, plan, outcome);
        var conditions = old.Conditions.Set(Condition(vm, Ready, ready, reason, message), now);
        conditions = NeedsRestart(desired.Domain, observed.Domain) is { } why
            ? conditions.Set(Condition(vm, RestartRequired, ConditionStatus.True, "ConfigurationChanged", why), now)
            : conditions.Remove(RestartRequired);
        return old with
        {
            Phase = phase,
            ObservedGeneration = vm.Metadata.Generation,
            Reserved = size,
            RootDisk = old.RootDisk is { } disk && observed.DiskBytes is not null ? disk with { Created = true } : old.RootDisk,
            StopRequestedAt = active && desired.Power is PowerWish.Off || active && desired.Deleting ? old.StopRequestedAt : null,
            MemoryAskedMiB = active ? old.MemoryAskedMiB : null,
            Conditions = Loss(vm, desired, observed, conditions, now),
        };
    }

    private static VmPhase Phase(DesiredMachine desired, ObservedMachine observed, Plan plan, VirtualMachineStatus old, RoundOutcome outcome)
    {
        var state = observed.Domain?.State ?? DomainState.Off;
        return state switch
        {
            _ when desired.Deleting => VmPhase.Terminating,
            _ when plan.Blocked is { Reason: "ForeignDomain" } => VmPhase.Failed,
            DomainState.Running or DomainState.ShuttingDown when desired.Power is PowerWish.Off => VmPhase.Stopping,
            DomainState.ShuttingDown => VmPhase.Stopping,
            DomainState.Running => VmPhase.Running,
            DomainState.Paused => VmPhase.Paused,
            _ when plan.Blocked is { Reason: not "StorageNotReady" } => VmPhase.Failed,
            _ when outcome.Failures >= FailedAfter => VmPhase.Failed,
            _ when desired.Power is PowerWish.Off or PowerWish.LeftAlone && observed.Domain is not null => VmPhase.Stopped,
            _ when desired.Power is PowerWish.OnUntilDone && plan.Converged
                && (observed.Domain is { Reason: StateReason.Shutdown } || old.Phase is VmPhase.Succeeded) => VmPhase.Succeeded,
            _ => VmPhase.Provisioning,
        };
    }

    private static (ConditionStatus Status, string Reason, string Message) Readiness(VmPhase phase, DesiredMachine desired, Plan plan, RoundOutcome outcome) => (phase, plan, outcome) switch
    {
        (_, { Blocked: { } blocked }, _) => (ConditionStatus.False, blocked.Reason, blocked.Message),
        (VmPhase.Running, _, { Failure: { } failure }) => (ConditionStatus.True, "RunningWithProblem", $"{failure}; it is tried again"),
        (_, _, { Failure: { } failure }) => (ConditionStatus.False, "StepFailed", $"{failure}; it is tried again"),
        (VmPhase.Running, _, _) => (ConditionStatus.True, "Running", $"runs on {desired.Host}"),
        (VmPhase.Stopped or VmPhase.Succeeded, _, _) => (ConditionStatus.False, phase.ToString(), $"off on {desired.Host}, as it should be"),
        (VmPhase.Stopping or VmPhase.Terminating, { LookAgain: { } until }, _) => (ConditionStatus.False, phase.ToString(), $"the guest was asked to shut down; forced at {until.UtcDateTime:HH:mm:ss} UTC"),
        (_, { LookAgain: { } until }, _) => (ConditionStatus.False, "BackOff", $"ended soon after it was started; started again at {until.UtcDateTime:HH:mm:ss} UTC"),
        _ => (ConditionStatus.False, phase.ToString(), $"in progress on {desired.Host}"),
    };

    /// <summary>In what a running guest differs from its definition and cannot be changed as it runs.</summary>
    private static string? NeedsRestart(DomainSpec desired, ObservedDomain? domain)
    {
        if (domain is not { Active: true, Live: { } live })
        {
            return null;
        }

        string[] differences =
        [
            .. live.Cpu > desired.Cpu || desired.Cpu > live.MaxCpu ? [$"cpu {live.Cpu} -> {desired.Cpu}"] : (string[])[],
            .. desired.MemoryMiB > live.MaxMemoryMiB ? [$"memory {live.MaxMemoryMiB}Mi -> {desired.MemoryMiB}Mi"] : (string[])[],
            .. live.Disks != desired.Disks ? ["disks"] : (string[])[],
        ];
        return differences.Length == 0 ? null : $"takes effect when the VM is next started: {string.Join(", ", differences)}";
    }

    /// <summary>Says loudly that a disk which held data is gone. Stays until the user changes the VM's spec.</summary>
    private static EquatableArray<Condition> Loss(
        VirtualMachine vm, DesiredMachine desired, ObservedMachine observed, EquatableArray<Condition> conditions, DateTimeOffset now)
    {
        if (desired.Disk is null || !observed.StorageReady || desired.Deleting)
        {
            return conditions;
        }

        if (observed is { DiskBytes: null, Domain.Active: true } && vm.Status.RootDisk is { Created: true } disk)
        {
            return conditions.Set(
                Condition(vm, DataLost, ConditionStatus.True, "DiskFileGone",
                    $"{disk.Volume} was removed from {desired.Host}; its data lives only as long as the guest runs: copy it out before stopping the VM"),
                now);
        }

        return observed.DiskBytes is not null && vm.Status.Condition(DataLost) is { } told && told.ObservedGeneration < vm.Metadata.Generation
            ? conditions.Remove(DataLost)
            : conditions;
    }

    private static Condition Condition(VirtualMachine vm, string type, ConditionStatus status, string reason, string message) =>
        new() { Type = type, Status = status, Reason = reason, Message = message, ObservedGeneration = vm.Metadata.Generation };
}
