using Orchestrator.Model;

namespace Orchestrator.Planning;

/// <summary>How one PM is chosen among those that can take a VM.</summary>
/// <param name="Scores">The first decides; each further one only where all before are equal. At the end the smallest id wins.</param>
public sealed record PlacementPolicy(string Name, EquatableArray<PlacementScore> Scores)
{
    /// <param name="feasible">At least one, in the order of the fleet.</param>
    internal FleetMember Choose(PlacementContext context, IReadOnlyList<FleetMember> feasible)
    {
        var best = feasible;
        foreach (var score in Scores)
        {
            if (best.Count == 1)
            {
                break;
            }

            var scored = best.Select(member => (Member: member, Score: score.Of(context, member))).ToList();
            var highest = scored.Max(candidate => candidate.Score);
            best = [.. scored.Where(candidate => candidate.Score == highest).Select(candidate => candidate.Member)];
        }

        return best[0];
    }
}
