using Orchestrator.Libvirt.Wire;

namespace Orchestrator.Libvirt;

public sealed partial class LibvirtConnection
{
    /// <summary>Stores a persistent definition, replacing that of the same UUID. Always give the UUID in the XML: an existing name without it is refused.</summary>
    public Task<DomainRef> DefineAsync(string xml, DomainDefineFlags flags, CancellationToken stop) =>
        LongCallAsync(Procedure.DomainDefineXmlFlags, w => w.String(xml).UInt32((uint)flags), WireTypes.Domain, stop);

    /// <summary>Starts a defined domain.</summary>
    public Task<DomainRef> StartAsync(DomainRef domain, DomainStartFlags flags, CancellationToken stop) =>
        LongCallAsync(Procedure.DomainCreateWithFlags, w => w.Domain(domain).UInt32((uint)flags), WireTypes.Domain, stop);

    /// <summary>Starts a transient domain, which is gone when it stops.</summary>
    public Task<DomainRef> CreateAsync(string xml, DomainStartFlags flags, CancellationToken stop) =>
        LongCallAsync(Procedure.DomainCreateXml, w => w.String(xml).UInt32((uint)flags), WireTypes.Domain, stop);

    /// <summary>Asks the guest to shut down; it may take its time or ignore it.</summary>
    public Task ShutdownAsync(DomainRef domain, DomainShutdownFlags flags, CancellationToken stop) =>
        LongCallAsync(Procedure.DomainShutdownFlags, w => w.Domain(domain).UInt32((uint)flags), stop);

    /// <summary>Asks the guest to reboot.</summary>
    public Task RebootAsync(DomainRef domain, DomainShutdownFlags flags, CancellationToken stop) =>
        LongCallAsync(Procedure.DomainReboot, w => w.Domain(domain).UInt32((uint)flags), stop);

    /// <summary>Presses the reset button.</summary>
    public Task ResetAsync(DomainRef domain, CancellationToken stop) =>
        LongCallAsync(Procedure.DomainReset, w => w.Domain(domain).UInt32(0), stop);

    /// <summary>Pulls the plug. At least 200 ms; 10 s of a hung hypervisor process.</summary>
    public Task DestroyAsync(DomainRef domain, DomainDestroyFlags flags, CancellationToken stop) =>
        LongCallAsync(Procedure.DomainDestroyFlags, w => w.Domain(domain).UInt32((uint)flags), stop);

    /// <summary>Removes the stored definition; a running domain becomes transient.</summary>
    public Task UndefineAsync(DomainRef domain, DomainUndefineFlags flags, CancellationToken stop) =>
        LongCallAsync(Procedure.DomainUndefineFlags, w => w.Domain(domain).UInt32((uint)flags), stop);

    /// <summary>Stops the virtual CPUs.</summary>
    public Task SuspendAsync(DomainRef domain, CancellationToken stop) =>
        LongCallAsync(Procedure.DomainSuspend, w => w.Domain(domain), stop);

    public Task ResumeAsync(DomainRef domain, CancellationToken stop) =>
        LongCallAsync(Procedure.DomainResume, w => w.Domain(domain), stop);

    public Task<bool> HasManagedSaveAsync(DomainRef domain, CancellationToken stop) =>
        CallAsync(Procedure.DomainHasManagedSaveImage, w => w.Domain(domain).UInt32(0), WireTypes.Bool, stop);

    public Task RemoveManagedSaveAsync(DomainRef domain, CancellationToken stop) =>
        LongCallAsync(Procedure.DomainManagedSaveRemove, w => w.Domain(domain).UInt32(0), stop);
}
