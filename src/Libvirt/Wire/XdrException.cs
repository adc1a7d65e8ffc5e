namespace Orchestrator.Libvirt.Wire;

/// <summary>A payload does not follow its XDR description: too short, or a length or tag outside its limits.</summary>
internal sealed class XdrException(string message) : Exception(message);
