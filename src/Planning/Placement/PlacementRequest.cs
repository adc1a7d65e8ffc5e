using Orchestrator.Model;

namespace Orchestrator.Planning;

/// <summary>A VM that looks for a PM.</summary>
/// <param name="Needs">Its size, see <see cref="MachineSize"/>.</param>
/// <param name="IgnoreReadiness">
/// Asks "could this ever fit?": PMs that do not answer count as if they were back, and one that was never looked at has room.
/// </param>
public sealed record PlacementRequest(VirtualMachine Vm, Resources Needs, bool IgnoreReadiness = false);
