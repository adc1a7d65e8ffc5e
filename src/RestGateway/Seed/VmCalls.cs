using Microsoft.AspNetCore.Http;
using Orchestrator.Model;
using Orchestrator.Planning;
using Orchestrator.RestGateway.Objects;

namespace Orchestrator.RestGateway.Seed;

/// <summary><c>/vm/*</c></summary>
internal static class VmCalls
{
    private const string Namespace = "default";

    // Which PM it will be is decided later: here it only matters that there is one.
    private static readonly PlacementPolicy _anywhere = new("anywhere", []);

    public static IResult NotCreated { get; } = SeedCall.Answer(new(0), SeedJson.Default.VmCreatedAnswer);

    public static async Task<IResult> CreateAsync(SeedCall call)
    {
        if (await WishAsync(call) is not { } wish)
        {
            return NotCreated;
        }

        var outcome = await call.Objects.CreateAsync(ResourceTypes.VirtualMachines, wish, call.Stop);
        if (outcome is not { Result: WriteResult.Created, Object: VirtualMachine created })
        {
            return NotCreated;
        }

        var timeUp = call.StartDeadline();
        if (await call.Inventory.FollowAsync(created, Runs, timeUp, call.Stop) is false)
        {
            await RemoveAsync(call, created, timeUp);
            return NotCreated;
        }

        return SeedCall.Answer(new(created.Status.Id), SeedJson.Default.VmCreatedAnswer);
    }

    public static async Task<IResult> QueryAsync(SeedCall call)
    {
        if (await call.Inventory.FindAsync(ResourceTypes.VirtualMachines, call.Arguments.Id("vmid"), call.Stop) is not { } vm)
        {
            return SeedCall.Failure;
        }

        var type = await call.Inventory.TypeNamedAsync(vm.Spec.InstanceType, call.Stop);
        var machine = await call.Inventory.MachineNamedAsync(vm.Status.Host, call.Stop);
        return SeedCall.Answer(new(vm.Status.Id, vm.Metadata.Name, type?.Status.Id ?? 0, machine?.Status.Id ?? 0), SeedJson.Default.VmAnswer);
    }

    public static async Task<IResult> DestroyAsync(SeedCall call) =>
        await call.Inventory.FindAsync(ResourceTypes.VirtualMachines, call.Arguments.Id("vmid"), call.Stop) is { } vm
        && await RemoveAsync(call, vm, call.StartDeadline())
            ? SeedCall.Success
            : SeedCall.Failure;

    public static async Task<IResult> TypesAsync(SeedCall call)
    {
        var types = await call.Inventory.TypesAsync(call.Stop);
        return SeedCall.Answer(
            new([.. types.Select(type => new TypeItem(type.Status.Id, type.Spec.Cpu, type.Spec.Memory.MiB, type.Spec.Disk.GiB))]),
            SeedJson.Default.TypesAnswer);
    }

    /// <summary>The VM asked for, or null when there can never be one: then nothing is recorded.</summary>
    private static async Task<VirtualMachine?> WishAsync(SeedCall call)
    {
        var (name, typeName) = (call.Arguments.Text("name"), call.Arguments.Text("instance_type"));
        if (!Names.IsName(name) || typeName is null || await call.Inventory.FindTypeAsync(typeName, call.Stop) is not { } type)
        {
            return null;
        }

        var image = await call.Inventory.FindAsync(ResourceTypes.Images, call.Arguments.Id("image_id"), call.Stop);
        if (image is null && call.Arguments.Text("image_id") is not null)
        {
            return null;
        }

        var wish = new VirtualMachine
        {
            Metadata = new() { Name = name!, Namespace = Namespace },
            Spec = new() { InstanceType = type.Metadata.Name, Image = image?.Metadata.Name, RunStrategy = RunStrategy.Always },
        };
        return MachineSize.Resolve(wish, type, out _) is { } needs
            && Placement.Decide(new(wish, needs, IgnoreReadiness: true), await call.Inventory.FleetAsync(call.Stop), _anywhere).Host is not null
            ? wish
            : null;
    }

    /// <summary>True: it runs. False: it is gone, or will not run without somebody's help.</summary>
    private static bool? Runs(VirtualMachine? vm) => vm switch
    {
        null => false,
        { Metadata.Deleting: true } => null,
        { Status.Phase: VmPhase.Running } => true,
        { Status.Phase: VmPhase.Failed } => false,
        _ when vm.Status.Condition(MachineReport.Scheduled) is { Status: ConditionStatus.False, Reason: PlacementDecision.Unschedulable } => false,
        _ => null,
    };

    /// <summary>Deletes the VM at once, without asking the guest, and waits until it is gone. False if there was nothing to delete.</summary>
    private static async Task<bool> RemoveAsync(SeedCall call, VirtualMachine vm, CancellationToken timeUp)
    {
        var wish = new DeleteWish(vm.Metadata.Uid, GraceSeconds: 0);
        var outcome = await call.Objects.DeleteAsync(ResourceTypes.VirtualMachines, vm.Metadata.Namespace, vm.Metadata.Name, wish, call.Stop);
        if (outcome.Result is WriteResult.Deleting)
        {
            await call.Inventory.FollowAsync(vm, now => now is null ? true : null, timeUp, call.Stop);
        }

        return outcome.Succeeded;
    }
}
