using Orchestrator.Model;
using Orchestrator.Planning;

namespace Orchestrator.Reconciler;

/// <summary>Brings one VM to its desired state: reads, looks, plans, performs, reports, looks again.</summary>
public sealed class VirtualMachineController(
    Records records, IHostObserver observer, StepRunner runner, Scheduler scheduler, EventRecorder events, TimeProvider time)
{
    /// <summary>Plans made in a row before the key goes to the back of the queue. A plan seldom needs more than two looks.</summary>
    private const int MaxRounds = 5;

    /// <summary>What keeps a VM from going on may end without anybody telling: another's domain is renamed, a disk is mounted again.</summary>
    private static readonly TimeSpan _blockedLook = TimeSpan.FromSeconds(30);

    public async ValueTask<Verdict> ReconcileAsync(string key, int failures, CancellationToken stop)
    {
        if (await records.VirtualMachines.GetAsync(key, stop).ConfigureAwait(false) is not { } vm)
        {
            return Verdict.Settled;
        }

        if (vm.Status.Host is { } host)
        {
            return await ConvergeAsync(key, vm, host, failures, stop).ConfigureAwait(false);
        }

        if (vm.Metadata.Deleting)
        {
            await ReleaseAsync(key, vm).ConfigureAwait(false);
            return Verdict.Settled;
        }

        return await scheduler.PlaceAsync(key, vm, stop).ConfigureAwait(false);
    }

    private async ValueTask<Verdict> ConvergeAsync(string key, VirtualMachine vm, string host, int failures, CancellationToken stop)
    {
        if (await records.PhysicalMachines.GetAsync(host, stop).ConfigureAwait(false) is not { } machine)
        {
            return await UnreachableAsync(key, vm, $"there is no PM named '{host}' any more; this VM's domain may still be there", stop).ConfigureAwait(false);
        }

        var state = observer.State(host);
        if (state is HostState.Connecting)
        {
            return Verdict.Settled; // what is stored stands until the attempt has ended; then this is asked again
        }

        if (state is HostState.Down down)
        {
            return await UnreachableAsync(key, vm, $"{host} does not answer: {down.Why}", stop).ConfigureAwait(false);
        }

        var size = await SizeAsync(vm, stop).ConfigureAwait(false);
        var image = vm.Spec.Image is null ? null : await records.Images.GetAsync(vm.Spec.Image, stop).ConfigureAwait(false);
        var desired = DesiredMachines.Of(vm, size, image, machine, records.Store.ClusterId);
        var query = new MachineQuery(desired.Id, machine.Spec.StoragePath, vm.Status.RootDisk?.Volume, vm.Status.RootDisk?.Base);
        try
        {
            return await RoundsAsync(key, vm, desired, size, query, failures, stop).ConfigureAwait(false);
        }
        catch (Exception lost) when (observer.State(host) is HostState.Down gone && !stop.IsCancellationRequested)
        {
            // The connection broke: what was being done may or may not have happened. The next look says.
            return await UnreachableAsync(key, vm, $"{host} does not answer: {gone.Why} ({lost.Message})", stop).ConfigureAwait(false);
        }
    }

    private async ValueTask<Verdict> RoundsAsync(
        string key, VirtualMachine vm, DesiredMachine desired, Resources size, MachineQuery query, int failures, CancellationToken stop)
    {
        ObservedMachine observed;
        Plan plan;
        string? failure;
        var memory = vm.Status;
        var round = 0;
        do
        {
            observed = await observer.ObserveAsync(desired.Host, query, fresh: round > 0 || failures > 0, stop).ConfigureAwait(false);
            plan = VirtualMachinePlanner.Plan(desired, observed, MachineReport.Facts(memory, time.GetUtcNow()));
            memory = await AnnounceAsync(key, vm, memory, plan, stop).ConfigureAwait(false);
            (var done, failure) = await runner.RunAsync(vm, plan, stop).ConfigureAwait(false);
            memory = MachineReport.Remember(memory, done, time.GetUtcNow());
        }
        while (plan.Steps.Count > 0 && failure is null && ++round < MaxRounds);

        if (desired.Deleting && plan.Converged)
        {
            events.Normal(vm, "Removed", $"nothing is left of it on {desired.Host}", desired.Host);
            await ReleaseAsync(key, vm).ConfigureAwait(false);
            return Verdict.Settled;
        }

        var outcome = new RoundOutcome(failure, failure is null ? 0 : failures + 1);
        var current = vm with { Status = memory };
        await ReportAsync(key, current, plan, now => MachineReport.Of(current, desired, size, observed, plan, outcome, now), stop).ConfigureAwait(false);
        return failure is not null ? Verdict.Retry
            : plan.Steps.Count > 0 ? Verdict.Again
            : plan.Blocked is not null ? Verdict.LookAgain(_blockedLook)
            : plan.LookAgain is { } at ? Verdict.LookAgain(at - time.GetUtcNow())
            : Verdict.Settled;
    }

    /// <summary>Writes down what must be known even if we are killed while the plan is performed.</summary>
    private async ValueTask<VirtualMachineStatus> AnnounceAsync(string key, VirtualMachine vm, VirtualMachineStatus memory, Plan plan, CancellationToken stop)
    {
        var told = MachineReport.Announce(vm, memory, plan, time.GetUtcNow());
        if (told != memory)
        {
            events.Warning(vm, MachineReport.DataLost, told.Condition(MachineReport.DataLost)!.Message, told.Host);
            await Records.ChangeAsync(records.VirtualMachines, key, vm.Metadata.Uid, newest => newest with { Status = told }, stop).ConfigureAwait(false);
        }

        return told;
    }

    private async ValueTask<Verdict> UnreachableAsync(string key, VirtualMachine vm, string why, CancellationToken stop)
    {
        await ReportAsync(key, vm, Plan.Nothing, now => MachineReport.Unreachable(vm, why, now), stop).ConfigureAwait(false);
        return Verdict.Settled;
    }

    /// <summary>Writes the status. Warnings become Events once, when they begin.</summary>
    private async ValueTask ReportAsync(string key, VirtualMachine vm, Plan plan, Func<DateTimeOffset, VirtualMachineStatus> status, CancellationToken stop)
    {
        var told = status(time.GetUtcNow());
        if (plan.Blocked is { } blocked && vm.Status.Condition(MachineReport.Ready)?.Reason != blocked.Reason)
        {
            events.Warning(vm, blocked.Reason, blocked.Message, vm.Status.Host);
        }

        if (told.Condition(MachineReport.DataLost) is { } lost && vm.Status.Condition(MachineReport.DataLost)?.Message != lost.Message)
        {
            events.Warning(vm, MachineReport.DataLost, lost.Message, vm.Status.Host);
        }

        if (told.Phase is VmPhase.Unknown && vm.Status.Phase is not VmPhase.Unknown)
        {
            events.Warning(vm, "HostUnreachable", told.Condition(MachineReport.Ready)!.Message, vm.Status.Host);
        }

        await Records.ChangeAsync(records.VirtualMachines, key, vm.Metadata.Uid, newest => newest with { Status = told }, stop).ConfigureAwait(false);
    }

    private ValueTask ReleaseAsync(string key, VirtualMachine vm) =>
        Records.ReleaseAsync(records.VirtualMachines, key, vm.Metadata.Uid, VirtualMachine.Finalizer);

    /// <summary>What it needs by now; what was reserved, when its type is gone.</summary>
    private async ValueTask<Resources> SizeAsync(VirtualMachine vm, CancellationToken stop)
    {
        var type = vm.Spec.InstanceType is null ? null : await records.InstanceTypes.GetAsync(vm.Spec.InstanceType, stop).ConfigureAwait(false);
        return MachineSize.Resolve(vm, type, out _) ?? vm.Status.Reserved!;
    }
}
