using System.Xml.Linq;
using Orchestrator.Libvirt;
using Orchestrator.Model;
using Orchestrator.Planning;

namespace Orchestrator.Drivers.Libvirt;

/// <summary>Finds out what a PM has and what runs there.</summary>
internal static class HostDiscovery
{
    public static async ValueTask<ObservedHost> LookAsync(HostSession session, TimeProvider time, CancellationToken stop)
    {
        var connection = session.Link.Control;
        var identity = session.Identity ??= await IdentifyAsync(session, connection, time, stop).ConfigureAwait(false);
        var node = await connection.GetNodeInfoAsync(stop).ConfigureAwait(false);
        var storage = await session.Storage.ObserveAsync(fresh: true, stop).ConfigureAwait(false);
        var domains = await DomainsAsync(session, stop).ConfigureAwait(false);
        var foreign = domains.Where(domain => domain.Details.Mark?.Cluster != session.Cluster && !HypervisorProbe.IsProbe(domain.Ref.Name)).ToList();
        return new(
            identity.Hostname,
            node.Model,
            identity.CpuModel,
            new()
            {
                Cpu = node.Cpus,
                MemoryMiB = await MemoryMiBAsync(connection, node, stop).ConfigureAwait(false),
                DiskGiB = await session.Storage.CapacityGiBAsync(stop).ConfigureAwait(false),
            },
            foreign.Aggregate(new Resources(), (sum, domain) => domain.Details.Live is { } live ? sum + new Resources { Cpu = live.Cpu, MemoryMiB = live.MaxMemoryMiB } : sum),
            identity.Hypervisors,
            identity.LibvirtVersion,
            identity.HypervisorVersion,
            [.. foreign.Select(domain => domain.Ref.Name)],
            [.. domains.Where(domain => domain.Details.Mark?.Cluster == session.Cluster).Select(domain => (domain.Ref.Uuid, domain.Ref.Name))],
            storage);
    }

    /// <summary>Asked for once per connection: libvirt may look at QEMU and KVM anew for it, which takes seconds.</summary>
    private static async ValueTask<HostIdentity> IdentifyAsync(HostSession session, LibvirtConnection connection, TimeProvider time, CancellationToken stop)
    {
        var hypervisor = await connection.GetHypervisorTypeAsync(stop).ConfigureAwait(false);
        var capabilities = HostXml.Parse(await connection.GetCapabilitiesAsync(stop).ConfigureAwait(false), "capabilities");
        return new(
            await connection.GetHostnameAsync(stop).ConfigureAwait(false),
            capabilities.Descendants("cpu").Elements("model").FirstOrDefault()?.Value ?? "unknown",
            [.. await HypervisorProbe.FindAsync(session, hypervisor, capabilities, time, stop).ConfigureAwait(false)],
            Text(await connection.GetLibvirtVersionAsync(stop).ConfigureAwait(false)),
            $"{hypervisor} {Text(await connection.GetHypervisorVersionAsync(stop).ConfigureAwait(false))}");
    }

    /// <summary>From the memory statistics: the node information counts only what is present in some NUMA layouts. A driver without statistics has the latter.</summary>
    private static async ValueTask<long> MemoryMiBAsync(LibvirtConnection connection, NodeInfo node, CancellationToken stop)
    {
        try
        {
            var memory = await connection.GetMemoryStatisticsAsync(stop).ConfigureAwait(false);
            return (long)((memory.TotalKiB > 0 ? memory.TotalKiB : node.MemoryKiB) >> 10);
        }
        catch (LibvirtOperationException unsupported) when (unsupported.Code is LibvirtErrorCode.NoSupport)
        {
            return (long)(node.MemoryKiB >> 10);
        }
    }

    /// <summary>Every domain in full; details that are not known yet are fetched.</summary>
    private static async ValueTask<IReadOnlyList<(DomainRef Ref, DomainDetails Details)>> DomainsAsync(HostSession session, CancellationToken stop)
    {
        var all = await Task.WhenAll(session.Domains.All().Select(async domain =>
            (domain, await HostObserver.DomainAsync(session, new(domain.Uuid, domain.Name), fresh: false, stop).ConfigureAwait(false)))).ConfigureAwait(false);
        return [.. all.Where(one => one.Item2 is not null).Select(one => (one.domain, one.Item2!))];
    }

    private static string Text(Version version) => version.ToString(3);
}

/// <summary>What does not change about a PM while a connection to it lasts.</summary>
internal sealed record HostIdentity(string Hostname, string CpuModel, EquatableArray<string> Hypervisors, string LibvirtVersion, string HypervisorVersion);
