using Orchestrator.Model;

namespace Orchestrator.Planning;

/// <summary>
/// All PMs with their load, in the order of <c>status.id</c>. Immutable; the load is what the bindings in the store say,
/// so whoever reads the same store sees the same fleet.
/// </summary>
public sealed class Fleet
{
    private readonly Dictionary<string, int> _positions;

    private Fleet(EquatableArray<FleetMember> members, Dictionary<string, int> positions, VirtualMachine? newest)
    {
        Members = members;
        _positions = positions;
        Newest = newest;
    }

    public EquatableArray<FleetMember> Members { get; }

    /// <summary>The bound VM with the greatest <c>status.id</c>; null when none is bound.</summary>
    public VirtualMachine? Newest { get; }

    /// <summary>The order of the lists does not matter. VMs without a PM, or on one that is not in the list, are left out.</summary>
    public static Fleet Of(IEnumerable<PhysicalMachine> machines, IEnumerable<VirtualMachine> vms)
    {
        var byHost = vms.Where(vm => vm.Status.Host is not null).ToLookup(vm => vm.Status.Host!, StringComparer.Ordinal);
        EquatableArray<FleetMember> members =
        [
            .. machines
                .OrderBy(machine => machine.Status.Id)
                .ThenBy(machine => machine.Metadata.Name, StringComparer.Ordinal)
                .Select(machine => new FleetMember(machine, [.. byHost[machine.Metadata.Name]])),
        ];
        var positions = members.Index().ToDictionary(at => at.Item.Name, at => at.Index, StringComparer.Ordinal);
        return new(members, positions, members.Select(member => member.Vms.MaxBy(vm => vm.Status.Id)).MaxBy(vm => vm?.Status.Id));
    }

    /// <summary>The PM of this name, or null.</summary>
    public FleetMember? Find(string host) => _positions.TryGetValue(host, out var position) ? Members[position] : null;

    /// <summary>The place of this PM in <see cref="Members"/>.</summary>
    public int Position(string host) => _positions[host];

    /// <summary>
    /// The fleet after one more VM was bound (<c>status.host</c> and <c>status.reserved</c> are set; it was not bound before).
    /// Takes a moment only, so that a thousand VMs can be placed one after another. Unchanged when its PM is not in the fleet.
    /// </summary>
    public Fleet With(VirtualMachine bound)
    {
        if (bound.Status.Host is not { } host || !_positions.TryGetValue(host, out var position))
        {
            return this;
        }

        var members = Members.ToArray();
        members[position] = members[position].With(bound);
        return new([.. members], _positions, Newest is null || bound.Status.Id > Newest.Status.Id ? bound : Newest);
    }
}
