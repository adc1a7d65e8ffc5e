using Orchestrator.Model;
using Orchestrator.Planning;

namespace Orchestrator.Reconciler;

/// <summary>Keeps one PM connected, its storage folder prepared, and its status true.</summary>
public sealed class PhysicalMachineController(
    Records records, IHostConnector connector, IHostObserver observer, StepRunner runner, EventRecorder events, TimeProvider time)
{
    public async ValueTask<Verdict> ReconcileAsync(string name, int failures, CancellationToken stop)
    {
        if (await records.PhysicalMachines.GetAsync(name, stop).ConfigureAwait(false) is not { } machine)
        {
            connector.Disconnect(name);
            return Verdict.Settled;
        }

        connector.Connect(name, machine.Spec);
        if (machine.Metadata.Deleting)
        {
            return await LeaveAsync(name, machine, stop).ConfigureAwait(false);
        }

        var state = observer.State(name);
        if (state is HostState.Connecting)
        {
            return Verdict.Settled; // what is stored stands until the attempt has ended; then this is asked again
        }

        if (state is HostState.Down down)
        {
            return await UnreachableAsync(name, machine, down.Why, stop).ConfigureAwait(false);
        }

        try
        {
            return await LookAsync(name, machine, stop).ConfigureAwait(false);
        }
        catch (Exception lost) when (observer.State(name) is HostState.Down gone && !stop.IsCancellationRequested)
        {
            return await UnreachableAsync(name, machine, $"{gone.Why} ({lost.Message})", stop).ConfigureAwait(false);
        }
    }

    private async ValueTask<Verdict> LookAsync(string name, PhysicalMachine machine, CancellationToken stop)
    {
        var observed = await observer.ObserveHostAsync(name, stop).ConfigureAwait(false);
        var plan = HostPlanner.Plan(name, machine.Spec, observed.Storage, machine.Status.StoragePrepared);
        string? failure = null;
        if (plan.Steps.Count > 0)
        {
            (_, failure) = await runner.RunAsync(machine, plan, stop).ConfigureAwait(false);
            observed = await observer.ObserveHostAsync(name, stop).ConfigureAwait(false);
            plan = HostPlanner.Plan(name, machine.Spec, observed.Storage, machine.Status.StoragePrepared);
        }

        var known = (await records.VirtualMachines.ListAsync("", stop).ConfigureAwait(false)).Items.Select(vm => vm.Metadata.Uid!.Value).ToHashSet();
        await ReportAsync(name, machine, newest => HostReport.Of(newest, observed, known, plan, failure, time.GetUtcNow()), stop).ConfigureAwait(false);
        return failure is null ? Verdict.Settled : Verdict.Retry;
    }

    /// <summary>A PM goes when no VM is bound to it; what else is on the host stays as it is.</summary>
    private async ValueTask<Verdict> LeaveAsync(string name, PhysicalMachine machine, CancellationToken stop)
    {
        var vms = (await records.VirtualMachines.ListAsync("", stop).ConfigureAwait(false)).Items.Count(vm => vm.Status.Host == name);
        if (vms > 0)
        {
            await ReportAsync(name, machine, newest => HostReport.InUse(newest, vms, time.GetUtcNow()), stop).ConfigureAwait(false);
            return Verdict.Settled;
        }

        connector.Disconnect(name);
        await Records.ReleaseAsync(records.PhysicalMachines, name, machine.Metadata.Uid, PhysicalMachine.Finalizer).ConfigureAwait(false);
        return Verdict.Settled;
    }

    private async ValueTask<Verdict> UnreachableAsync(string name, PhysicalMachine machine, string why, CancellationToken stop)
    {
        await ReportAsync(name, machine, newest => HostReport.Unreachable(newest, why, time.GetUtcNow()), stop).ConfigureAwait(false);
        return Verdict.Settled;
    }

    private async ValueTask ReportAsync(string name, PhysicalMachine machine, Func<PhysicalMachine, PhysicalMachineStatus> status, CancellationToken stop)
    {
        var stored = await Records.ChangeAsync(
            records.PhysicalMachines, name, machine.Metadata.Uid, newest => newest with { Status = status(newest) }, stop).ConfigureAwait(false);
        if (stored is not null && stored.Status.Phase != machine.Status.Phase)
        {
            var message = stored.Status.Condition(HostReport.Ready)?.Message ?? "";
            if (stored.Status.Phase is MachinePhase.Ready)
            {
                events.Normal(stored, "Ready", message, name);
            }
            else
            {
                events.Warning(stored, stored.Status.Phase.ToString(), message, name);
            }
        }
    }
}
