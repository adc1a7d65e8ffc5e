using Orchestrator.Libvirt.Wire;

namespace Orchestrator.Libvirt;

/// <summary>
/// virDomainStatsTypes. Ask only for what is needed: for each running domain libvirtd spends about 0.1 ms on state, interface, memory and perf,
/// but 2 to 8 ms on the groups that ask the hypervisor (block, balloon, vcpu, cpu, iothread, vm).
/// </summary>
[Flags]
public enum DomainStatisticsGroups : uint
{
    All = 0,

    /// <summary><c>state.state</c> and <c>state.reason</c>.</summary>
    State = 1,
    Cpu = 2,
    Balloon = 4,
    Vcpu = 8,
    Interface = 16,
    Block = 32,
    Perf = 64,
    IoThread = 128,
    Memory = 256,
    DirtyRate = 512,
    Vm = 1024,
}

/// <summary>virConnectGetAllDomainStatsFlags. Their list filters have the values of <see cref="DomainListFlags"/>.</summary>
[Flags]
public enum DomainStatisticsFlags : uint
{
    None = 0,
    Active = DomainListFlags.Active,
    Inactive = DomainListFlags.Inactive,
    Persistent = DomainListFlags.Persistent,
    Transient = DomainListFlags.Transient,
    Running = DomainListFlags.Running,
    Paused = DomainListFlags.Paused,
    ShutOff = DomainListFlags.ShutOff,

    /// <summary>Leave out what would have to wait for a domain that is busy; without it one hung domain blocks the whole call.</summary>
    NoWait = 1u << 29,

    /// <summary>Report each element of a disk's backing chain.</summary>
    Backing = 1u << 30,

    /// <summary>Fail where the daemon does not know a requested group.</summary>
    EnforceStatistics = 1u << 31,
}

/// <summary>Figures of one domain. Names are libvirt's: <c>state.state</c>, <c>cpu.time</c>, <c>net.0.rx.bytes</c>, <c>block.0.capacity</c>, …</summary>
public sealed record DomainStatistics(DomainRef Domain, TypedParameters Parameters)
{
    internal const int LeastBytes = WireTypes.DomainBytes + 4;

    /// <summary>From the state group; null if it was not asked for.</summary>
    public DomainState? State => (DomainState?)Parameters.Int64("state.state");

    /// <summary>From the state group; null if it was not asked for.</summary>
    public int? StateReason => (int?)Parameters.Int64("state.reason");
}
