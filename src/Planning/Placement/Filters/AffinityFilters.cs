namespace Orchestrator.Planning;

/// <summary>Is where VMs are that this one must be near to.</summary>
internal sealed record AffinityFilter() : PlacementFilter("AffinityUnmet")
{
    public override string? Refuse(PlacementContext context, FleetMember member)
    {
        var neighbourhood = context.Neighbourhood;
        foreach (var near in neighbourhood.Near.Where(near => near.Term.Required && !near.Include(member)))
        {
            if (!near.CanHold(member))
            {
                return $"lacks the label {near.Term.TopologyKey}";
            }

            if (!neighbourhood.IsFirstOf(near))
            {
                return $"no VM with {near.Term.MatchLabels} is there";
            }
        }

        return null;
    }
}

/// <summary>Is away from where VMs are that this one must not be near to.</summary>
internal sealed record AntiAffinityFilter() : PlacementFilter("AntiAffinityUnmet")
{
    public override string? Refuse(PlacementContext context, FleetMember member) =>
        context.Neighbourhood.Away.FirstOrDefault(away => away.Term.Required && away.Include(member)) is { } away
            ? $"a VM with {away.Term.MatchLabels} is there"
            : null;
}

/// <summary>Is away from where VMs are that must not be near to this one.</summary>
internal sealed record ReverseAntiAffinityFilter() : PlacementFilter("KeptAwayByOthers")
{
    public override string? Refuse(PlacementContext context, FleetMember member) =>
        context.Neighbourhood.KeptAwayBy(member) is { } other ? $"{other.Metadata.FullName} is there and must not be near to it" : null;
}
