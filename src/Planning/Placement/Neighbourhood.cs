using Orchestrator.Model;

namespace Orchestrator.Planning;

/// <summary>
/// Where the other VMs of the namespace are that a VM wants near or away, and those that want it away. Gathered once per decision.
/// A place is a PM, or all PMs with the same value of a label (the topology key).
/// </summary>
internal sealed class Neighbourhood
{
    private readonly VirtualMachine _vm;
    private readonly List<(string? TopologyKey, string Place, VirtualMachine By)> _closed;

    public Neighbourhood(VirtualMachine vm, Fleet fleet)
    {
        _vm = vm;
        var placement = vm.Spec.Placement;
        Near = [.. (placement?.Affinity ?? []).Select(term => new TermPlaces(term, Places(term, fleet, other => !other.Metadata.Deleting)))];
        Away = [.. (placement?.AntiAffinity ?? []).Select(term => new TermPlaces(term, Places(term, fleet, _ => true)))];
        HasWishes = Near.Concat(Away).Any(places => !places.Term.Required);
        _closed =
        [
            .. (from member in fleet.Members
               from other in member.Guarded
               where IsNeighbour(other)
               from term in other.Spec.Placement!.AntiAffinity
               where term.Required && vm.Metadata.Labels.Includes(term.MatchLabels)
               let place = PlaceOf(member, term.TopologyKey)
               where place is not null
               select (term.TopologyKey, place, other)).OrderBy(closed => closed.other.Metadata.Name, StringComparer.Ordinal),
        ];
    }

    /// <summary>Affinity: where VMs matching each term are. Those being deleted are no company.</summary>
    public IReadOnlyList<TermPlaces> Near { get; }

    /// <summary>Anti-affinity: where VMs matching each term are. Those being deleted count while they are there.</summary>
    public IReadOnlyList<TermPlaces> Away { get; }

    /// <summary>True when some term is not required.</summary>
    public bool HasWishes { get; }

    /// <summary>A VM that requires this one to be elsewhere than on <paramref name="member"/>, or null.</summary>
    public VirtualMachine? KeptAwayBy(FleetMember member) =>
        _closed.FirstOrDefault(closed => PlaceOf(member, closed.TopologyKey) == closed.Place).By;

    /// <summary>True when the VM itself matches the term: with nobody else matching it is the first of its group and may go anywhere.</summary>
    public bool IsFirstOf(TermPlaces near) => near.Places.Count == 0 && _vm.Metadata.Labels.Includes(near.Term.MatchLabels);

    private HashSet<string> Places(AffinityTerm term, Fleet fleet, Func<VirtualMachine, bool> counts) =>
        fleet.Members
            .Where(member => member.Vms.Any(other => IsNeighbour(other) && counts(other) && other.Metadata.Labels.Includes(term.MatchLabels)))
            .Select(member => PlaceOf(member, term.TopologyKey))
            .OfType<string>()
            .ToHashSet(StringComparer.Ordinal);

    private bool IsNeighbour(VirtualMachine other) =>
        other.Metadata.Namespace == _vm.Metadata.Namespace && other.Metadata.Name != _vm.Metadata.Name;

    /// <summary>Null when the PM lacks the label: then it is in no place.</summary>
    private static string? PlaceOf(FleetMember member, string? topologyKey)
    {
        if (topologyKey is null)
        {
            return member.Name;
        }

        return member.Machine.Metadata.Labels.TryGetValue(topologyKey, out var value) ? value : null;
    }

    /// <summary>The places at which VMs matching a term are.</summary>
    internal sealed record TermPlaces(AffinityTerm Term, HashSet<string> Places)
    {
        public bool Include(FleetMember member) => PlaceOf(member, Term.TopologyKey) is { } place && Places.Contains(place);

        public bool CanHold(FleetMember member) => PlaceOf(member, Term.TopologyKey) is not null;
    }
}
