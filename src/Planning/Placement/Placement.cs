namespace Orchestrator.Planning;

/// <summary>Chooses the PM of a VM: filters say which can take it, the policy says which of those does. Pure and deterministic.</summary>
public static class Placement
{
    /// <summary>Decides by the policy that the VM, else its namespace, else the configuration asks for.</summary>
    public static PlacementDecision Decide(PlacementRequest request, Fleet fleet, PlacementPolicies policies)
    {
        var name = policies.NameFor(request.Vm);
        return policies.Find(name) is { } policy
            ? Decide(request, fleet, policy)
            : PlacementDecision.NoSuchPolicy(name, policies.KnownNames);
    }

    public static PlacementDecision Decide(PlacementRequest request, Fleet fleet, PlacementPolicy policy)
    {
        var context = new PlacementContext(request, fleet);
        var feasible = new List<FleetMember>();
        var rejections = new List<Rejection>();
        foreach (var member in fleet.Members)
        {
            var before = rejections.Count;
            rejections.AddRange(PlacementFilters.Reject(context, member));
            if (rejections.Count == before)
            {
                feasible.Add(member);
            }
        }

        return feasible.Count == 0
            ? PlacementDecision.Nowhere(request, fleet, [.. rejections])
            : PlacementDecision.On(policy.Choose(context, feasible), feasible.Count, fleet.Members.Count, policy, [.. rejections]);
    }
}
