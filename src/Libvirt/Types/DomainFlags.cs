namespace Orchestrator.Libvirt;

/// <summary>virConnectListAllDomainsFlags; no flag of a pair means both.</summary>
[Flags]
public enum DomainListFlags : uint
{
    All = 0,
    Active = 1,
    Inactive = 2,
    Persistent = 4,
    Transient = 8,
    Running = 16,
    Paused = 32,
    ShutOff = 64,
    Other = 128,
    ManagedSave = 256,
    NoManagedSave = 512,
    Autostart = 1024,
    NoAutostart = 2048,
}

/// <summary>virDomainXMLFlags.</summary>
[Flags]
public enum DomainXmlFlags : uint
{
    None = 0,

    /// <summary>With passwords.</summary>
    Secure = 1,

    /// <summary>The stored definition, which the next start uses, instead of the running one.</summary>
    Inactive = 2,
    Migratable = 8,
}

/// <summary>virDomainDefineFlags.</summary>
[Flags]
public enum DomainDefineFlags : uint
{
    None = 0,

    /// <summary>Check the XML against the schema.</summary>
    Validate = 1,
}

/// <summary>virDomainCreateFlags.</summary>
[Flags]
public enum DomainStartFlags : uint
{
    None = 0,
    Paused = 1,

    /// <summary>Destroyed when this connection ends.</summary>
    AutoDestroy = 2,
    BypassCache = 4,

    /// <summary>Throw a managed-save image away.</summary>
    ForceBoot = 8,
    Validate = 16,
    ResetNvram = 32,
}

/// <summary>virDomainDestroyFlagsValues.</summary>
[Flags]
public enum DomainDestroyFlags : uint
{
    None = 0,

    /// <summary>SIGTERM only: fails rather than kill a hypervisor process that does not end by itself.</summary>
    Graceful = 1,
    RemoveLogs = 2,
}

/// <summary>virDomainUndefineFlagsValues. A domain with UEFI variables needs <see cref="Nvram"/> or <see cref="KeepNvram"/>.</summary>
[Flags]
public enum DomainUndefineFlags : uint
{
    None = 0,
    ManagedSave = 1,
    SnapshotsMetadata = 2,
    Nvram = 4,
    KeepNvram = 8,
    CheckpointsMetadata = 16,
    Tpm = 32,
    KeepTpm = 64,
}

/// <summary>virDomainShutdownFlagValues, also for reboot: which way to ask the guest; none leaves the choice to the driver.</summary>
[Flags]
public enum DomainShutdownFlags : uint
{
    None = 0,
    Acpi = 1,
    GuestAgent = 2,
    InitCtl = 4,
    Signal = 8,
    Paravirt = 16,
}

/// <summary>virDomainModificationImpact: which of the two definitions a change is for.</summary>
[Flags]
public enum DomainAffect : uint
{
    /// <summary>The running one if it runs, else the stored one.</summary>
    Current = 0,
    Live = 1,
    Config = 2,
}

/// <summary>virDomainVcpuFlags beside <see cref="DomainAffect"/>.</summary>
[Flags]
public enum VcpuFlags : uint
{
    None = 0,

    /// <summary>The maximum instead of the current count; stored definition only.</summary>
    Maximum = 4,
    Guest = 8,
    Hotpluggable = 16,
}

/// <summary>virDomainMemoryModFlags beside <see cref="DomainAffect"/>.</summary>
[Flags]
public enum MemoryFlags : uint
{
    None = 0,

    /// <summary>The maximum instead of the balloon's target; stored definition only.</summary>
    Maximum = 4,
}

/// <summary>virDomainConsoleFlags.</summary>
[Flags]
public enum ConsoleFlags : uint
{
    None = 0,

    /// <summary>Take it from whoever has it open.</summary>
    Force = 1,

    /// <summary>Fail where libvirt cannot make sure that nobody else has it open.</summary>
    Safe = 2,
}
