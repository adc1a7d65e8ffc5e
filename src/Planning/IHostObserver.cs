using Orchestrator.Model;

namespace Orchestrator.Planning;

/// <summary>Whether a PM can be looked at.</summary>
public abstract record HostState
{
    /// <summary>Connected.</summary>
    public sealed record Up : HostState;

    /// <summary>Not connected: why, in words for people.</summary>
    public sealed record Down(string Why) : HostState;
}

/// <summary>What a PM says of itself.</summary>
public sealed record ObservedHost(
    string Hostname,
    string Architecture,
    string CpuModel,
    Resources Capacity,
    Resources Foreign,
    EquatableArray<string> Hypervisors,
    string LibvirtVersion,
    string HypervisorVersion,
    EquatableArray<string> ForeignDomains,
    EquatableArray<(Guid Uid, string Name)> MarkedDomains,
    ObservedStorage Storage);

/// <summary>What to look at for one VM.</summary>
public sealed record MachineQuery(DomainId Id, string StoragePath, string? Volume, string? BaseVolume);

/// <summary>The read-only door to the PMs. A look that fails throws; it never reads as "there is none".</summary>
public interface IHostObserver
{
    HostState State(string host);

    /// <param name="host">Name of the PM.</param>
    /// <param name="fresh">True right after a change; false may answer from what events and sweeps have kept up to date.</param>
    ValueTask<ObservedMachine> ObserveAsync(string host, MachineQuery query, bool fresh, CancellationToken stop);

    ValueTask<ObservedHost> ObserveHostAsync(string host, CancellationToken stop);
}
