using System.Globalization;
using Orchestrator.Model;

namespace Orchestrator.Planning;

/// <summary>
/// Has room for what the VM needs of one resource, overcommit included. A PM whose capacity is unknown is the business of <see cref="ReadyFilter"/>.
/// </summary>
internal abstract record RoomFilter(string Reason, string Unit, Func<Resources, long> Amount, Func<Overcommit, double> Factor) : PlacementFilter(Reason)
{
    public override string? Refuse(PlacementContext context, FleetMember member)
    {
        var need = Amount(context.Needs);
        if (member is not { Room: { } room, Allocatable: { } all } || need <= 0 || need <= Amount(room))
        {
            return null;
        }

        var factor = Factor(member.Machine.Spec.Overcommit);
        var overcommit = factor == 1 ? "" : string.Create(CultureInfo.InvariantCulture, $" (overcommit {factor})");
        return string.Create(CultureInfo.InvariantCulture, $"needs {need} {Unit}, {Math.Max(0, Amount(room))} of {Amount(all)} are free{overcommit}");
    }
}

internal sealed record CpuFilter() : RoomFilter("TooLittleCpu", "cpu", amount => amount.Cpu, factor => factor.Cpu)
{
    /// <summary>Overcommit is for many VMs together: one that has more CPUs than the PM would only wait for itself.</summary>
    public override string? Refuse(PlacementContext context, FleetMember member) =>
        member.Machine.Status.Capacity is { } capacity && context.Needs.Cpu > capacity.Cpu
            ? string.Create(CultureInfo.InvariantCulture, $"needs {context.Needs.Cpu} cpu, it has {capacity.Cpu}")
            : base.Refuse(context, member);
}

internal sealed record MemoryFilter() : RoomFilter("TooLittleMemory", "MiB of memory", amount => amount.MemoryMiB, factor => factor.Memory);

internal sealed record DiskFilter() : RoomFilter("TooLittleDisk", "GiB of disk", amount => amount.DiskGiB, factor => factor.Disk);
