namespace Orchestrator.Planning;

/// <summary>The share of the VM's wishes (affinity and anti-affinity terms that are not required) that the PM fulfils; 1 when it has none.</summary>
internal sealed record PreferAffinityScore() : PlacementScore("prefer-affinity")
{
    public override double Of(PlacementContext context, FleetMember member)
    {
        if (!context.Neighbourhood.HasWishes)
        {
            return 1;
        }

        var near = context.Neighbourhood.Near.Where(near => !near.Term.Required).Select(near => near.Include(member));
        var away = context.Neighbourhood.Away.Where(away => !away.Term.Required).Select(away => !away.Include(member));
        return near.Concat(away).Select(met => met ? 1.0 : 0.0).DefaultIfEmpty(1).Average();
    }
}
