using Orchestrator.Libvirt.Wire;

namespace Orchestrator.Libvirt;

public sealed partial class LibvirtConnection
{
    /// <summary>Figures of all domains the flags let through, in one call.</summary>
    public Task<DomainStatistics[]> GetStatisticsAsync(DomainStatisticsGroups groups, DomainStatisticsFlags flags, CancellationToken stop) =>
        GetStatisticsAsync([], groups, flags, stop);

    /// <summary>Figures of the given domains, in one call.</summary>
    public Task<DomainStatistics[]> GetStatisticsAsync(
        IReadOnlyCollection<DomainRef> domains, DomainStatisticsGroups groups, DomainStatisticsFlags flags, CancellationToken stop) =>
        CallAsync(
            Procedure.ConnectGetAllDomainStats,
            w =>
            {
                w.UInt32((uint)domains.Count);
                foreach (var domain in domains)
                {
                    w.Domain(domain);
                }

                w.UInt32((uint)groups).UInt32((uint)flags);
            },
            (ref r) => r.Array(
                ProtocolLimits.MaxList,
                DomainStatistics.LeastBytes,
                (ref item) => new DomainStatistics(WireTypes.Domain(ref item), WireTypes.Parameters(ref item, _names))),
            stop);
}
