using Orchestrator.Model;

namespace Orchestrator.Planning;

/// <summary><c>spec.placement.host</c> names the one PM it must be on.</summary>
internal sealed record WantedHostFilter() : PlacementFilter("NotTheWantedHost", Decisive: true)
{
    public override string? Refuse(PlacementContext context, FleetMember member) =>
        context.Wishes.Host is { } wanted && wanted != member.Name ? $"the VM must be on {wanted}" : null;
}

internal sealed record DeletingFilter() : PlacementFilter("BeingDeleted", Decisive: true)
{
    public override string? Refuse(PlacementContext context, FleetMember member) => member.Machine.Metadata.Deleting ? "is being deleted" : null;
}

/// <summary>Answers, and was looked at.</summary>
internal sealed record ReadyFilter() : PlacementFilter("NotReady")
{
    public override string? Refuse(PlacementContext context, FleetMember member)
    {
        if (context.IgnoreReadiness)
        {
            return null;
        }

        return member.Machine.Status switch
        {
            { Phase: not MachinePhase.Ready and var phase } status => status.Condition("Ready") is { Message: { Length: > 0 } why } ? $"is {phase}: {why}" : $"is {phase}",
            { Capacity: null } => "its capacity is not known yet",
            _ => null,
        };
    }
}

internal sealed record CordonFilter() : PlacementFilter("Cordoned")
{
    public override string? Refuse(PlacementContext context, FleetMember member) => member.Machine.Spec.Cordoned ? "is cordoned" : null;
}

/// <summary>Has a hypervisor that starts guests, and the one its spec chose if it chose one.</summary>
internal sealed record HypervisorFilter() : PlacementFilter("NoHypervisor")
{
    public override string? Refuse(PlacementContext context, FleetMember member)
    {
        var (choice, found) = (member.Machine.Spec.Hypervisor, member.Machine.Status.Hypervisors);
        if (context.IgnoreReadiness && member.Machine.Status.Capacity is null)
        {
            return null;
        }

        if (found.Count == 0)
        {
            return "no hypervisor starts guests there";
        }

        return choice is not HypervisorChoice.Auto && !found.Contains(choice.ToString(), StringComparer.OrdinalIgnoreCase)
            ? $"its spec asks for {choice}, guests start there with {string.Join(", ", found)}"
            : null;
    }
}

/// <summary>No other domain there has the VM's name: libvirt's names are unique per host.</summary>
internal sealed record DomainNameFilter() : PlacementFilter("DomainNameTaken")
{
    public override string? Refuse(PlacementContext context, FleetMember member)
    {
        var name = DomainId.NameOf(context.Vm.Metadata);
        var status = member.Machine.Status;
        return status.ForeignDomains.Concat(status.OrphanDomains).Contains(name, StringComparer.Ordinal) ? $"has another domain named {name}" : null;
    }
}
