namespace Orchestrator.Planning;

/// <summary>Shares of a PM that would be free once the VM was there, each from 0 to 1, measured with overcommit.</summary>
internal sealed record FreeShare(double Cpu, double Memory, double Disk)
{
    public double Mean => (Cpu + Memory + Disk) / 3;

    /// <summary>Nothing is free where the capacity is unknown.</summary>
    public static FreeShare After(PlacementContext context, FleetMember member)
    {
        if (member is not { Allocatable: { } all, Room: { } room })
        {
            return new(0, 0, 0);
        }

        var left = room - context.Needs;
        return new(Share(left.Cpu, all.Cpu), Share(left.MemoryMiB, all.MemoryMiB), Share(left.DiskGiB, all.DiskGiB));
    }

    private static double Share(long left, long all) => all <= 0 ? 0 : Math.Clamp((double)left / all, 0, 1);
}

/// <summary>The PM with the least left over: fills PMs one by one and keeps others empty for large VMs.</summary>
internal sealed record BestFitScore() : PlacementScore("best-fit")
{
    public override double Of(PlacementContext context, FleetMember member) => 1 - FreeShare.After(context, member).Mean;
}

/// <summary>The PM with the fewest VMs; of several, the one with the most free.</summary>
internal sealed record SpreadScore() : PlacementScore("spread")
{
    public override double Of(PlacementContext context, FleetMember member)
    {
        var used = 1 - FreeShare.After(context, member).Mean;
        return 1 / (1 + member.Vms.Count + (used / 2));
    }
}

internal sealed record FreeCpuScore() : PlacementScore("free-cpu")
{
    public override double Of(PlacementContext context, FleetMember member) => FreeShare.After(context, member).Cpu;
}

internal sealed record FreeMemoryScore() : PlacementScore("free-memory")
{
    public override double Of(PlacementContext context, FleetMember member) => FreeShare.After(context, member).Memory;
}

internal sealed record FreeDiskScore() : PlacementScore("free-disk")
{
    public override double Of(PlacementContext context, FleetMember member) => FreeShare.After(context, member).Disk;
}
