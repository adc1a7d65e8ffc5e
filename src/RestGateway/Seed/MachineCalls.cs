using Microsoft.AspNetCore.Http;
using Orchestrator.Model;
using Orchestrator.Planning;

namespace Orchestrator.RestGateway.Seed;

/// <summary><c>/pm/*</c></summary>
internal static class MachineCalls
{
    private static readonly Resources _unknown = new();

    public static async Task<IResult> ListAsync(SeedCall call)
    {
        var machines = await call.Inventory.MachinesAsync(call.Stop);
        return SeedCall.Answer(new([.. machines.Select(machine => machine.Status.Id)]), SeedJson.Default.MachinesAnswer);
    }

    public static async Task<IResult> ListVmsAsync(SeedCall call) => await FindAsync(call) is { } member
        ? SeedCall.Answer(new([.. member.Vms.Select(vm => vm.Status.Id).Order()]), SeedJson.Default.VmsAnswer)
        : SeedCall.Failure;

    public static async Task<IResult> QueryAsync(SeedCall call) => await FindAsync(call) is { } member
        ? SeedCall.Answer(
            new(member.Machine.Status.Id, Room(member.Machine.Status.Capacity), Room(member.Free), member.Vms.Count),
            SeedJson.Default.MachineAnswer)
        : SeedCall.Failure;

    private static async Task<FleetMember?> FindAsync(SeedCall call) =>
        await call.Inventory.FindAsync(ResourceTypes.PhysicalMachines, call.Arguments.Id("pmid"), call.Stop) is { } machine
            ? (await call.Inventory.FleetAsync(call.Stop)).Find(machine.Metadata.Name)
            : null;

    /// <summary>Zeros for a PM that has not been looked at yet.</summary>
    private static RoomItem Room(Resources? amount)
    {
        var known = amount ?? _unknown;
        return new(known.Cpu, known.MemoryMiB, known.DiskGiB);
    }
}
