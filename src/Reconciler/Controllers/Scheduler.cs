using Orchestrator.Model;
using Orchestrator.Planning;

namespace Orchestrator.Reconciler;

/// <summary>Binds VMs to PMs. Its only effect is the binding in the VM's status; everything else follows from that.</summary>
public sealed class Scheduler(Records records, PlacementPolicies policies, EventRecorder events, TimeProvider time)
{
    /// <summary>Called for one VM at a time, so that two never get the same room.</summary>
    public async ValueTask<Verdict> PlaceAsync(string key, VirtualMachine vm, CancellationToken stop)
    {
        var type = vm.Spec.InstanceType is null ? null : await records.InstanceTypes.GetAsync(vm.Spec.InstanceType, stop).ConfigureAwait(false);
        if (MachineSize.Resolve(vm, type, out var reason) is not { } size)
        {
            return await WaitAsync(key, vm, "InstanceTypeMissing", reason, stop).ConfigureAwait(false);
        }

        Image? image = null;
        if (vm.Spec.Image is { } wanted)
        {
            image = await records.Images.GetAsync(wanted, stop).ConfigureAwait(false);
            if (image is not { Status.Phase: ImagePhase.Ready })
            {
                return await WaitAsync(key, vm, image is null ? "ImageMissing" : "ImageNotReady", image switch
                {
                    null => $"there is no image named '{wanted}'",
                    { Status.Phase: ImagePhase.Failed } => $"image '{wanted}' cannot be used: {image.Status.Condition(MachineReport.Ready)?.Message}",
                    _ => $"waits for image '{wanted}'",
                }, stop).ConfigureAwait(false);
            }
        }

        var fleet = Fleet.Of(
            (await records.PhysicalMachines.ListAsync("", stop).ConfigureAwait(false)).Items,
            (await records.VirtualMachines.ListAsync("", stop).ConfigureAwait(false)).Items);
        var decision = Placement.Decide(new(vm, size), fleet, policies);
        if (decision.Host is not { } host)
        {
            var why = decision.Rejections.Count == 0 ? decision.Summary : $"{decision.Summary} ({string.Join("; ", decision.Rejections)})";
            return await WaitAsync(key, vm, decision.Reason, why, stop).ConfigureAwait(false);
        }

        var disk = DesiredMachines.RootDisk(vm, size, image);
        await Records.ChangeAsync(
            records.VirtualMachines,
            key,
            vm.Metadata.Uid,
            newest => newest.Status.Host is null ? newest with { Status = MachineReport.Bound(newest, host, size, disk, time.GetUtcNow()) } : newest,
            stop).ConfigureAwait(false);
        events.Normal(vm, "Scheduled", decision.Summary, host);

        // The watch adds the key again, to its PM's lane by then: the work itself must not take the one place that placing has.
        return Verdict.Settled;
    }

    private async ValueTask<Verdict> WaitAsync(string key, VirtualMachine vm, string reason, string message, CancellationToken stop)
    {
        if (vm.Status.Condition(MachineReport.Scheduled) is not { Status: ConditionStatus.False } told || told.Message != message)
        {
            events.Warning(vm, reason, message);
        }

        await Records.ChangeAsync(
            records.VirtualMachines, key, vm.Metadata.Uid, newest => newest with { Status = MachineReport.Unplaced(newest, reason, message, time.GetUtcNow()) }, stop).ConfigureAwait(false);
        return Verdict.Settled;
    }
}
