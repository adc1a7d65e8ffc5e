using Orchestrator.Model;

namespace Orchestrator.Planning;

/// <summary>Whether a PM can be looked at.</summary>
public abstract record HostState
{
    /// <summary>Connected.</summary>
    public sealed record Up : HostState;

    /// <summary>The first attempt to connect is under way: nothing can be said yet, and subscribers hear how it ends.</summary>
    public sealed record Connecting : HostState;

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

/// <summary>Keeps the connections to the PMs.</summary>
public interface IHostConnector
{
    /// <summary>
    /// Calls back, from any thread, when something may have changed: with a UUID for one domain, without for the PM as a whole
    /// (it came up, went down, or too much happened to name it).
    /// </summary>
    void Subscribe(Action<string, Guid?> changed);

    /// <summary>Connects to a PM, or connects anew when how to reach it has changed. Returns at once; subscribers hear of success.</summary>
    void Connect(string host, PhysicalMachineSpec spec);

    /// <summary>Lets go of a PM. What runs there runs on.</summary>
    void Disconnect(string host);

    /// <summary>Looks at all domains of a PM and tells subscribers what differs from what was known.</summary>
    /// <param name="host">Name of the PM.</param>
    /// <param name="deep">True forgets what was known, so that changes of which no event told are found too (definitions, disk files).</param>
    /// <param name="stop">Gives up.</param>
    ValueTask SweepAsync(string host, bool deep, CancellationToken stop);
}
