namespace Orchestrator.Libvirt;

/// <summary>What to be told about.</summary>
[Flags]
public enum LibvirtEventKinds
{
    None = 0,
    DomainLifecycle = 1 << 0,
    DomainReboot = 1 << 1,
    DomainWatchdog = 1 << 2,
    DomainIoError = 1 << 3,
    DomainBalloon = 1 << 4,
    DomainDeviceAdded = 1 << 5,
    DomainDeviceRemoved = 1 << 6,
    DomainDeviceRemovalFailed = 1 << 7,
    DomainBlockJob = 1 << 8,
    DomainAgent = 1 << 9,
    DomainMetadata = 1 << 10,
    StoragePoolLifecycle = 1 << 11,
    StoragePoolRefresh = 1 << 12,
    NetworkLifecycle = 1 << 13,

    AllOfDomains = (1 << 11) - 1,
    All = (1 << 14) - 1,
}
