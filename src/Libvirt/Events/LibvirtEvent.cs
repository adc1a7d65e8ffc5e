namespace Orchestrator.Libvirt;

/// <summary>Something happened at the host. A hint to look, not a record: events are not replayed after a lost connection.</summary>
public abstract record LibvirtEvent;

/// <summary>Events were lost because they came faster than they were read, or could not be understood: look at everything again.</summary>
public sealed record EventsLost : LibvirtEvent;

/// <summary>An event of one domain.</summary>
public abstract record DomainEvent(DomainRef Domain) : LibvirtEvent;

/// <summary>virDomainEventType.</summary>
public enum DomainLifecycle
{
    Defined = 0,
    Undefined = 1,
    Started = 2,
    Suspended = 3,
    Resumed = 4,
    Stopped = 5,
    Shutdown = 6,
    PmSuspended = 7,
    Crashed = 8,
}

/// <param name="Detail">Its meaning depends on the change (virDomainEvent*DetailType).</param>
public sealed record DomainLifecycleChanged(DomainRef Domain, DomainLifecycle Change, int Detail) : DomainEvent(Domain);

public sealed record DomainRebooted(DomainRef Domain) : DomainEvent(Domain);

/// <param name="Action">virDomainEventWatchdogAction: what libvirt did.</param>
public sealed record DomainWatchdogFired(DomainRef Domain, int Action) : DomainEvent(Domain);

/// <param name="Device">The disk's alias.</param>
/// <param name="Action">virDomainEventIOErrorAction: 0 none, 1 the domain is paused, 2 reported to the guest.</param>
/// <param name="Reason">Such as <c>enospc</c>; may be empty.</param>
public sealed record DomainIoError(DomainRef Domain, string SourcePath, string Device, int Action, string Reason) : DomainEvent(Domain);

public sealed record DomainBalloonChanged(DomainRef Domain, ulong ActualKiB) : DomainEvent(Domain);

/// <param name="Device">The device's alias.</param>
public sealed record DomainDeviceAdded(DomainRef Domain, string Device) : DomainEvent(Domain);

/// <param name="Device">The device's alias.</param>
public sealed record DomainDeviceRemoved(DomainRef Domain, string Device) : DomainEvent(Domain);

/// <summary>The guest refused to give a device up.</summary>
/// <param name="Device">The device's alias.</param>
public sealed record DomainDeviceRemovalFailed(DomainRef Domain, string Device) : DomainEvent(Domain);

/// <param name="Disk">Target name.</param>
/// <param name="Type">virDomainBlockJobType.</param>
/// <param name="Status">virConnectDomainEventBlockJobStatus: 0 completed, 1 failed, 2 cancelled, 3 ready.</param>
public sealed record DomainBlockJobChanged(DomainRef Domain, string Disk, int Type, int Status) : DomainEvent(Domain);

/// <param name="State">1 connected, 2 disconnected.</param>
public sealed record DomainAgentChanged(DomainRef Domain, int State, int Reason) : DomainEvent(Domain);

public sealed record DomainMetadataChanged(DomainRef Domain, DomainMetadataKind Kind, string? NamespaceUri) : DomainEvent(Domain);

/// <param name="Change">virStoragePoolEventLifecycleType: 0 defined, 1 undefined, 2 started, 3 stopped, 4 created, 5 deleted.</param>
public sealed record StoragePoolLifecycleChanged(StoragePoolRef Pool, int Change, int Detail) : LibvirtEvent;

public sealed record StoragePoolRefreshed(StoragePoolRef Pool) : LibvirtEvent;

/// <param name="Change">virNetworkEventLifecycleType: 0 defined, 1 undefined, 2 started, 3 stopped.</param>
public sealed record NetworkLifecycleChanged(NetworkRef Network, int Change, int Detail) : LibvirtEvent;
