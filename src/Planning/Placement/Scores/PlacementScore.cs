using Orchestrator.Model;

namespace Orchestrator.Planning;

/// <summary>How good a PM is for a VM, in one respect. Usable as a policy of its own and as a part of a weighted one.</summary>
/// <param name="Name">What configuration calls it.</param>
public abstract record PlacementScore(string Name)
{
    /// <summary>From 0 to 1, the higher the better. Where two are equal, the PM with the smaller id wins.</summary>
    public abstract double Of(PlacementContext context, FleetMember member);
}

/// <summary>All scores. A new algorithm is one record and one entry here.</summary>
public static class PlacementScores
{
    public static EquatableArray<PlacementScore> All { get; } =
    [
        new FirstFitScore(), new BestFitScore(), new SpreadScore(), new RoundRobinScore(), new RandomScore(),
        new FreeCpuScore(), new FreeMemoryScore(), new FreeDiskScore(), new PreferAffinityScore(),
    ];
}

/// <summary>The sum of several scores, each times its weight.</summary>
internal sealed record WeightedScore(string Name, EquatableArray<WeightedScore.Part> Parts) : PlacementScore(Name)
{
    public override double Of(PlacementContext context, FleetMember member) =>
        Parts.Sum(part => part.Weight * part.Score.Of(context, member)) / Parts.Sum(part => part.Weight);

    internal sealed record Part(PlacementScore Score, double Weight);
}
