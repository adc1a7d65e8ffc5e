using Orchestrator.Model;
using Orchestrator.Planning;
using Orchestrator.Storage;

namespace Orchestrator.RestGateway.Tests;

/// <summary>
/// The other side of the store: places VMs, says that they run, and lets deleted ones go, by writing nothing but status and finalizers.
/// This is all that the gateway may rely on.
/// </summary>
public sealed class StatusWriter : IAsyncDisposable
{
    private static readonly PlacementPolicy _firstFit = new("first-fit", [PlacementScores.All[0]]);
    private readonly CancellationTokenSource _stop = new();
    private readonly Gateway _gateway;
    private readonly Task _loop;

    public StatusWriter(Gateway gateway)
    {
        _gateway = gateway;
        _loop = Task.Run(RunAsync);
    }

    /// <summary>What becomes of a VM once it is placed.</summary>
    public VmPhase Outcome { get; init; } = VmPhase.Running;

    /// <summary>When set, placed nowhere although there is room.</summary>
    public bool Refuse { get; init; }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _loop;
        _stop.Dispose();
    }

    private async Task RunAsync()
    {
        try
        {
            await foreach (var happened in _gateway.Store.WatchAsync(ResourceTypes.VirtualMachines.Prefix, 0, _stop.Token))
            {
                if (await _gateway.Store.GetAsync(happened.Entry.Key, _stop.Token) is { } entry)
                {
                    await ReconcileAsync(entry);
                }
            }
        }
        catch (OperationCanceledException)
        {
            // The test is over.
        }
    }

    private async Task ReconcileAsync(Entry entry)
    {
        var vm = (VirtualMachine)ResourceTypes.VirtualMachines.Decode(entry.Value.Span, entry.Revision);
        if (vm.Metadata.Deleting)
        {
            await _gateway.Store.DeleteAsync(entry.Key, entry.Revision, _stop.Token);
            return;
        }

        if (vm.Status.Phase == VmPhase.Pending && vm.Status.Conditions.Count == 0)
        {
            var changed = vm with { Status = await DecideAsync(vm) };
            await _gateway.Store.UpdateAsync(entry.Key, ResourceTypes.VirtualMachines.Encode(changed), entry.Revision, _stop.Token);
        }
    }

    private async Task<VirtualMachineStatus> DecideAsync(VirtualMachine vm)
    {
        var type = (InstanceType?)await _gateway.Objects.GetAsync(ResourceTypes.InstanceTypes, null, vm.Spec.InstanceType!, _stop.Token);
        var needs = MachineSize.Resolve(vm, type, out _)!;
        var fleet = Fleet.Of(await AllAsync(ResourceTypes.PhysicalMachines), await AllAsync(ResourceTypes.VirtualMachines));
        var host = Refuse ? null : Placement.Decide(new(vm, needs, IgnoreReadiness: true), fleet, _firstFit).Host;
        var scheduled = new Condition
        {
            Type = MachineReport.Scheduled,
            Status = host is null ? ConditionStatus.False : ConditionStatus.True,
            Reason = host is null ? PlacementDecision.Unschedulable : PlacementDecision.Placed,
        };
        return vm.Status with { Host = host, Reserved = host is null ? null : needs, Phase = host is null ? VmPhase.Pending : Outcome, Conditions = [scheduled] };
    }

    private async Task<IEnumerable<T>> AllAsync<T>(ResourceType<T> type)
        where T : Resource =>
        (await _gateway.Store.ListAsync(type.Prefix, _stop.Token)).Items.Select(entry => (T)type.Decode(entry.Value.Span, entry.Revision));
}
