using Orchestrator.Libvirt.Wire;

namespace Orchestrator.Libvirt.Events;

/// <summary>Event messages, told apart by procedure number. Each begins with the callback id, which is not needed for that.</summary>
internal static class EventDecoder
{
    /// <summary>Null: not an event we know.</summary>
    /// <exception cref="XdrException">The payload does not fit the procedure.</exception>
    public static LibvirtEvent? Decode(Procedure procedure, ReadOnlySpan<byte> payload)
    {
        var r = new XdrReader(payload);
        return procedure switch
        {
            Procedure.DomainEventCallbackLifecycle => new DomainLifecycleChanged(Domain(ref r), (DomainLifecycle)r.Int32(), r.Int32()),
            Procedure.DomainEventCallbackReboot => new DomainRebooted(Domain(ref r)),
            Procedure.DomainEventCallbackWatchdog => new DomainWatchdogFired(Domain(ref r), r.Int32()),
            Procedure.DomainEventCallbackIoErrorReason => new DomainIoError(Domain(ref r), r.String(), r.String(), r.Int32(), r.String()),
            Procedure.DomainEventCallbackBalloonChange => new DomainBalloonChanged(Domain(ref r), r.UInt64()),
            Procedure.DomainEventCallbackDeviceAdded => new DomainDeviceAdded(Domain(ref r), r.String()),
            Procedure.DomainEventCallbackDeviceRemoved => new DomainDeviceRemoved(Domain(ref r), r.String()),
            Procedure.DomainEventCallbackDeviceRemovalFailed => new DomainDeviceRemovalFailed(Domain(ref r), r.String()),
            Procedure.DomainEventBlockJob2 => new DomainBlockJobChanged(Domain(ref r), r.String(), r.Int32(), r.Int32()),
            Procedure.DomainEventCallbackAgentLifecycle => new DomainAgentChanged(Domain(ref r), r.Int32(), r.Int32()),
            Procedure.DomainEventCallbackMetadataChange => new DomainMetadataChanged(Domain(ref r), (DomainMetadataKind)r.Int32(), r.OptionalString()),
            Procedure.StoragePoolEventLifecycle => new StoragePoolLifecycleChanged(Pool(ref r), r.Int32(), r.Int32()),
            Procedure.StoragePoolEventRefresh => new StoragePoolRefreshed(Pool(ref r)),
            Procedure.NetworkEventLifecycle => new NetworkLifecycleChanged(Network(ref r), r.Int32(), r.Int32()),
            _ => null,
        };
    }

    private static DomainRef Domain(ref XdrReader reader)
    {
        reader.Int32();
        return WireTypes.Domain(ref reader);
    }

    private static StoragePoolRef Pool(ref XdrReader reader)
    {
        reader.Int32();
        return WireTypes.Pool(ref reader);
    }

    private static NetworkRef Network(ref XdrReader reader)
    {
        reader.Int32();
        return WireTypes.Network(ref reader);
    }
}
