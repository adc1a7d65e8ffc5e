namespace Orchestrator.Libvirt;

/// <summary>virErrorNumber (<c>virterror.h</c>): the codes worth a decision. Others keep their number.</summary>
public enum LibvirtErrorCode
{
    Ok = 0,
    InternalError = 1,
    NoMemory = 2,

    /// <summary>The driver does not implement this call.</summary>
    NoSupport = 3,
    NoConnect = 5,

    /// <summary>Also: a flag this version does not know.</summary>
    InvalidArgument = 8,

    /// <summary>Also: a name that another UUID has taken.</summary>
    OperationFailed = 9,

    /// <summary>XML that is well-formed and makes no sense.</summary>
    XmlError = 27,
    DomainExists = 28,

    /// <summary>A change over a read-only connection.</summary>
    OperationDenied = 29,

    /// <summary>XML that is not well-formed; the message has the place.</summary>
    XmlDetail = 35,

    /// <summary>A failed system call on the host.</summary>
    SystemError = 38,

    /// <summary>The RPC layer refused: undecodable arguments, unknown procedure, authentication needed.</summary>
    Rpc = 39,
    NoDomain = 42,
    NoNetwork = 43,
    AuthenticationFailed = 45,
    NoStoragePool = 49,
    NoStorageVolume = 50,

    /// <summary>Not in this state: start of a running domain, shutdown of a stopped one.</summary>
    OperationInvalid = 55,
    NoSecret = 66,
    ConfigurationUnsupported = 67,

    /// <summary>Also: another job held the domain's lock for 30 s.</summary>
    OperationTimeout = 68,
    OperationAborted = 78,
    NoDomainMetadata = 80,
    OperationUnsupported = 84,
    AgentUnresponsive = 86,
    ResourceBusy = 87,
    AccessDenied = 88,
    StorageVolumeExists = 90,
    DeviceMissing = 99,
}
