using Orchestrator.Libvirt;
using Orchestrator.Planning;

namespace Orchestrator.Drivers.Libvirt;

/// <summary>The read-only door to real PMs.</summary>
public sealed class HostObserver(HostSessions sessions, TimeProvider time) : IHostObserver
{
    public HostState State(string host) => sessions.Find(host)?.State ?? new HostState.Connecting();

    public async ValueTask<ObservedMachine> ObserveAsync(string host, MachineQuery query, bool fresh, CancellationToken stop)
    {
        var session = sessions.Get(host);
        var disk = DiskAsync(session, query.Volume, stop);
        var looking = DomainAsync(session, query.Id, fresh, stop).AsTask();
        await Task.WhenAll(disk, looking).ConfigureAwait(false);
        var domain = await looking.ConfigureAwait(false);
        var (storage, size) = await disk.ConfigureAwait(false);
        return new(
            domain?.AsObserved(session.Cluster),
            domain is null ? await NameTakenAsync(session, query.Id, stop).ConfigureAwait(false) : null,
            storage.Usable,
            storage.Usable ? size : null,
            storage.Usable && size is null && query.BaseVolume is not null && await session.Storage.IsCompleteAsync(query.BaseVolume, stop).ConfigureAwait(false),
            [.. sessions.All.Where(other => other != session && other.State is HostState.Up && other.Domains.IsActive(query.Id.Uid)).Select(other => other.Name)]);
    }

    public ValueTask<ObservedHost> ObserveHostAsync(string host, CancellationToken stop) => HostDiscovery.LookAsync(sessions.Get(host), time, stop);

    /// <summary>The domain's details: what is known, or what libvirt says when nothing is known or something changed. Null: there is none.</summary>
    internal static async ValueTask<DomainDetails?> DomainAsync(HostSession session, DomainId id, bool fresh, CancellationToken stop)
    {
        var (known, details, stamp) = session.Domains.Find(id.Uid);
        return !fresh && (known is null || details is not null)
            ? details
            : await FetchAsync(session, known ?? new DomainRef(id.Name, id.Uid), stamp, stop).ConfigureAwait(false);
    }

    /// <summary>Asks for state and definitions at once, and remembers them unless something changed in between.</summary>
    internal static async ValueTask<DomainDetails?> FetchAsync(HostSession session, DomainRef domain, long stamp, CancellationToken stop)
    {
        var connection = session.Link.Control;
        var state = connection.GetStateAsync(domain, stop);
        var live = connection.GetXmlAsync(domain, DomainXmlFlags.None, stop);
        var inactive = connection.GetXmlAsync(domain, DomainXmlFlags.Inactive, stop);
        var persistent = IsPersistentAsync(connection, domain, stop);
        await Task.WhenAll(state, live, inactive, persistent).ConfigureAwait(false);
        var details = Details(await state.ConfigureAwait(false), await live.ConfigureAwait(false), await inactive.ConfigureAwait(false), await persistent.ConfigureAwait(false));
        session.Domains.Store(domain, details, stamp);
        return details;
    }

    /// <summary>The state of the storage folder, and the size of the disk in it.</summary>
    private static async Task<(ObservedStorage Storage, long? Size)> DiskAsync(HostSession session, string? volume, CancellationToken stop)
    {
        if (volume is null)
        {
            return (new(false, false), null);
        }

        var storage = await session.Storage.ObserveAsync(fresh: false, stop).ConfigureAwait(false);
        var size = storage.Usable ? await session.Storage.DiskSizeAsync(volume, stop).ConfigureAwait(false) : null;

        // No disk where one may have been: before that is believed, the folder must still be the one that was marked.
        return size is null ? (await session.Storage.ObserveAsync(fresh: true, stop).ConfigureAwait(false), null) : (storage, size);
    }

    private static DomainDetails? Details(DomainStatus? state, string? live, string? inactive, bool persistent)
    {
        if (state is null || live is null || inactive is null)
        {
            return null;
        }

        var code = ((int)state.State, state.Reason);
        var stored = DomainXml.Parse(inactive);
        return new(code, stored.Mark, persistent ? stored.Config : null, StateCodes.IsActive(code) ? DomainXml.Parse(live).Config : null);
    }

    private static async Task<bool> IsPersistentAsync(LibvirtConnection connection, DomainRef domain, CancellationToken stop)
    {
        try
        {
            return await connection.IsPersistentAsync(domain, stop).ConfigureAwait(false);
        }
        catch (LibvirtOperationException gone) when (gone.Code is LibvirtErrorCode.NoDomain)
        {
            return false;
        }
    }

    /// <summary>Another domain with this name, looked at now: what is known of domains that are not ours may be old.</summary>
    private static async ValueTask<Guid?> NameTakenAsync(HostSession session, DomainId id, CancellationToken stop)
    {
        foreach (var other in session.Domains.Named(id.Name).Where(other => other.Uuid != id.Uid))
        {
            if (await session.Link.Control.FindDomainAsync(id.Name, stop).ConfigureAwait(false) is { } taken && taken.Uuid != id.Uid)
            {
                return taken.Uuid;
            }

            session.Domains.Store(other, null, session.Domains.Find(other.Uuid).Stamp);
        }

        return null;
    }
}
