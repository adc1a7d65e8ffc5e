using Orchestrator.Model;

namespace Orchestrator.Planning;

/// <summary>One idea of why a PM may be unable to take a VM.</summary>
/// <param name="Reason">One CamelCase word; people read it as words ("too little memory").</param>
/// <param name="Decisive">When it refuses, further reasons would tell nobody anything.</param>
public abstract record PlacementFilter(string Reason, bool Decisive = false)
{
    /// <summary>Why this PM cannot take the VM, in one phrase for people; null when nothing is in the way.</summary>
    public abstract string? Refuse(PlacementContext context, FleetMember member);
}

/// <summary>All filters, in the order in which their reasons are told. A new one is one record and one entry here.</summary>
public static class PlacementFilters
{
    public static EquatableArray<PlacementFilter> All { get; } =
    [
        new WantedHostFilter(), new DeletingFilter(), new ReadyFilter(), new CordonFilter(), new HypervisorFilter(), new DomainNameFilter(),
        new LabelsFilter(), new TaintsFilter(), new CpuFilter(), new MemoryFilter(), new DiskFilter(),
        new AffinityFilter(), new AntiAffinityFilter(), new ReverseAntiAffinityFilter(),
    ];

    /// <summary>Every reason why this PM cannot take the VM; none when it can.</summary>
    public static IEnumerable<Rejection> Reject(PlacementContext context, FleetMember member)
    {
        foreach (var filter in All)
        {
            if (filter.Refuse(context, member) is { } message)
            {
                yield return new(member.Name, filter.Reason, message);
                if (filter.Decisive)
                {
                    yield break;
                }
            }
        }
    }
}
