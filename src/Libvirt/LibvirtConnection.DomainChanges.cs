using Orchestrator.Libvirt.Wire;

namespace Orchestrator.Libvirt;

public sealed partial class LibvirtConnection
{
    private const uint ResizeInBytes = 1;
    private const uint ForceDeviceUpdate = 4;

    /// <summary>Sets the number of virtual CPUs, or with <see cref="VcpuFlags.Maximum"/> the most there can be.</summary>
    public Task SetVcpusAsync(DomainRef domain, uint count, VcpuFlags flags, DomainAffect affect, CancellationToken stop) =>
        LongCallAsync(Procedure.DomainSetVcpusFlags, w => w.Domain(domain).UInt32(count).UInt32((uint)flags | (uint)affect), stop);

    /// <summary>Sets the memory the guest is to have, or with <see cref="MemoryFlags.Maximum"/> the most it can have.</summary>
    public Task SetMemoryAsync(DomainRef domain, ulong kibibytes, MemoryFlags flags, DomainAffect affect, CancellationToken stop) =>
        LongCallAsync(Procedure.DomainSetMemoryFlags, w => w.Domain(domain).UInt64(kibibytes).UInt32((uint)flags | (uint)affect), stop);

    public Task AttachDeviceAsync(DomainRef domain, string xml, DomainAffect affect, CancellationToken stop) =>
        LongCallAsync(Procedure.DomainAttachDeviceFlags, w => w.Domain(domain).String(xml).UInt32((uint)affect), stop);

    /// <summary>Asks for a device's removal. A running guest has to agree; <see cref="DomainDeviceRemoved"/> says when it is gone.</summary>
    public Task DetachDeviceAsync(DomainRef domain, string xml, DomainAffect affect, CancellationToken stop) =>
        LongCallAsync(Procedure.DomainDetachDeviceFlags, w => w.Domain(domain).String(xml).UInt32((uint)affect), stop);

    /// <param name="force">Also where the guest holds on to it (a locked CD tray).</param>
    public Task UpdateDeviceAsync(DomainRef domain, string xml, DomainAffect affect, bool force, CancellationToken stop) =>
        LongCallAsync(
            Procedure.DomainUpdateDeviceFlags,
            w => w.Domain(domain).String(xml).UInt32((uint)affect | (force ? ForceDeviceUpdate : 0)),
            stop);

    /// <summary>Tells a running domain the new size of a disk, resizing the image where the format allows it.</summary>
    /// <param name="disk">Target name (<c>vda</c>) or source path.</param>
    public Task ResizeBlockAsync(DomainRef domain, string disk, ulong bytes, CancellationToken stop) =>
        LongCallAsync(Procedure.DomainBlockResize, w => w.Domain(domain).String(disk).UInt64(bytes).UInt32(ResizeInBytes), stop);
}
