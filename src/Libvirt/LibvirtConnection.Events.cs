using Orchestrator.Libvirt.Wire;

namespace Orchestrator.Libvirt;

public sealed partial class LibvirtConnection
{
    // virDomainEventID, virStoragePoolEventID, virNetworkEventID
    private static readonly (LibvirtEventKinds Kind, Procedure Register, int EventId)[] Registrations =
    [
        (LibvirtEventKinds.DomainLifecycle, Procedure.ConnectDomainEventCallbackRegisterAny, 0),
        (LibvirtEventKinds.DomainReboot, Procedure.ConnectDomainEventCallbackRegisterAny, 1),
        (LibvirtEventKinds.DomainWatchdog, Procedure.ConnectDomainEventCallbackRegisterAny, 3),
        (LibvirtEventKinds.DomainIoError, Procedure.ConnectDomainEventCallbackRegisterAny, 6),
        (LibvirtEventKinds.DomainBalloon, Procedure.ConnectDomainEventCallbackRegisterAny, 13),
        (LibvirtEventKinds.DomainDeviceRemoved, Procedure.ConnectDomainEventCallbackRegisterAny, 15),
        (LibvirtEventKinds.DomainBlockJob, Procedure.ConnectDomainEventCallbackRegisterAny, 16),
        (LibvirtEventKinds.DomainAgent, Procedure.ConnectDomainEventCallbackRegisterAny, 18),
        (LibvirtEventKinds.DomainDeviceAdded, Procedure.ConnectDomainEventCallbackRegisterAny, 19),
        (LibvirtEventKinds.DomainDeviceRemovalFailed, Procedure.ConnectDomainEventCallbackRegisterAny, 22),
        (LibvirtEventKinds.DomainMetadata, Procedure.ConnectDomainEventCallbackRegisterAny, 23),
        (LibvirtEventKinds.StoragePoolLifecycle, Procedure.ConnectStoragePoolEventRegisterAny, 0),
        (LibvirtEventKinds.StoragePoolRefresh, Procedure.ConnectStoragePoolEventRegisterAny, 1),
        (LibvirtEventKinds.NetworkLifecycle, Procedure.ConnectNetworkEventRegisterAny, 0),
    ];

    /// <summary>
    /// Asks for events of all domains, pools or networks, from now on. Subscribe first and list afterwards, so that no change falls in between;
    /// call it once per kind.
    /// </summary>
    /// <returns>The kinds the driver supports, of those asked for.</returns>
    public async Task<LibvirtEventKinds> SubscribeAsync(LibvirtEventKinds kinds, CancellationToken stop)
    {
        var subscribed = LibvirtEventKinds.None;
        foreach (var (kind, register, eventId) in Registrations.Where(r => kinds.HasFlag(r.Kind)))
        {
            try
            {
                await CallAsync(register, w => w.Int32(eventId).UInt32(0), stop).ConfigureAwait(false);
                subscribed |= kind;
            }
            catch (LibvirtOperationException e) when (e.Code is LibvirtErrorCode.NoSupport)
            {
                // this driver has no such event
            }
        }

        return subscribed;
    }

    /// <summary>
    /// The events as they come, for one reader. A reader who is too slow gets an <see cref="EventsLost"/> in place of those that did not fit.
    /// Ends when this connection is disposed of.
    /// </summary>
    /// <exception cref="LibvirtConnectionException">The connection died.</exception>
    public IAsyncEnumerable<LibvirtEvent> ReadEventsAsync(CancellationToken stop) => _events.ReadAsync(stop);
}
