using Orchestrator.Model;

namespace Orchestrator.Planning;

/// <summary>One look at a PM's storage folder.</summary>
/// <param name="Active">Its pool is defined and running.</param>
/// <param name="Marked">It bears this cluster's mark.</param>
public sealed record ObservedStorage(bool Active, bool Marked)
{
    /// <summary>Something may be created there, and a file that is missing is really gone.</summary>
    public bool Usable => Active && Marked;
}

/// <summary>Decides what to do about one PM itself.</summary>
public static class HostPlanner
{
    /// <param name="prepared">True when the folder was marked before, so that a missing mark is a warning and not a beginning.</param>
    public static Plan Plan(string host, PhysicalMachineSpec spec, ObservedStorage storage, bool prepared) => storage switch
    {
        { Active: true, Marked: true } => Planning.Plan.Nothing,
        { Active: true, Marked: false } when prepared => Planning.Plan.Stop("StorageMarkMissing",
            $"{spec.StoragePath} on {host} no longer bears this cluster's mark: is its disk mounted? Nothing is created there until it is back"),
        _ => new([new PrepareStorage(host, spec.StoragePath, MayMark: !prepared)]),
    };
}
