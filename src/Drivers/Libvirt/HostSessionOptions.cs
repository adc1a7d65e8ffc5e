using Orchestrator.Libvirt;

namespace Orchestrator.Drivers.Libvirt;

/// <summary>How sessions with PMs behave.</summary>
/// <param name="Cluster">The id that our marks bear.</param>
public sealed record HostSessionOptions(string Cluster)
{
    public LibvirtOptions Libvirt { get; init; } = LibvirtOptions.Default;

    /// <summary>False ignores libvirt's events; sweeps alone find what changed.</summary>
    public bool Events { get; init; } = true;

    /// <summary>The wait before connecting again doubles from the first of these to the second.</summary>
    public TimeSpan FirstRetry { get; init; } = TimeSpan.FromMilliseconds(500);

    public TimeSpan LastRetry { get; init; } = TimeSpan.FromSeconds(15);
}
