using Orchestrator.Model;

namespace Orchestrator.Planning;

/// <summary>What filters and scores of one decision may look at.</summary>
public sealed class PlacementContext(PlacementRequest request, Fleet fleet)
{
    private readonly Lazy<Neighbourhood> _neighbourhood = new(() => new(request.Vm, fleet), LazyThreadSafetyMode.None);

    public VirtualMachine Vm => request.Vm;

    public Resources Needs => request.Needs;

    public bool IgnoreReadiness => request.IgnoreReadiness;

    public Fleet Fleet => fleet;

    /// <summary>What the VM's placement asks; the same as an empty one when it has none.</summary>
    public VmPlacement Wishes { get; } = request.Vm.Spec.Placement ?? new();

    /// <summary>Where the VMs are that this one has to do with.</summary>
    internal Neighbourhood Neighbourhood => _neighbourhood.Value;
}
