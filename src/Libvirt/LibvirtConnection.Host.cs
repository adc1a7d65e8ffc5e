using Orchestrator.Libvirt.Wire;

namespace Orchestrator.Libvirt;

public sealed partial class LibvirtConnection
{
    public Task<string> GetHostnameAsync(CancellationToken stop) =>
        CallAsync(Procedure.ConnectGetHostname, arguments: null, WireTypes.String, stop);

    /// <summary>The URI as the daemon sees it.</summary>
    public Task<string> GetUriAsync(CancellationToken stop) =>
        CallAsync(Procedure.ConnectGetUri, arguments: null, WireTypes.String, stop);

    /// <summary>The driver: <c>QEMU</c>, <c>Xen</c>, <c>TEST</c>, …</summary>
    public Task<string> GetHypervisorTypeAsync(CancellationToken stop) =>
        CallAsync(Procedure.ConnectGetType, arguments: null, WireTypes.String, stop);

    /// <summary>The first call after a QEMU update probes QEMU, which takes seconds.</summary>
    public Task<Version> GetHypervisorVersionAsync(CancellationToken stop) =>
        LongCallAsync(Procedure.ConnectGetVersion, arguments: null, PackedVersion, stop);

    /// <summary>The daemon's libvirt version.</summary>
    public Task<Version> GetLibvirtVersionAsync(CancellationToken stop) =>
        CallAsync(Procedure.ConnectGetLibVersion, arguments: null, PackedVersion, stop);

    public Task<NodeInfo> GetNodeInfoAsync(CancellationToken stop) =>
        CallAsync(Procedure.NodeGetInfo, arguments: null, NodeInfo.Read, stop);

    /// <summary>Bytes of memory without any use at this moment; caches count as used.</summary>
    public Task<ulong> GetFreeMemoryAsync(CancellationToken stop) =>
        CallAsync(Procedure.NodeGetFreeMemory, arguments: null, WireTypes.UInt64, stop);

    /// <summary>The host's memory, all NUMA cells together.</summary>
    public async Task<NodeMemory> GetMemoryStatisticsAsync(CancellationToken stop)
    {
        const int AllCells = -1;
        var count = await CallAsync(
            Procedure.NodeGetMemoryStats,
            w => w.Int32(0).Int32(AllCells).UInt32(0),
            static (ref r) =>
            {
                NodeMemory.ReadFields(ref r);
                return r.Int32();
            },
            stop).ConfigureAwait(false);
        return await CallAsync(Procedure.NodeGetMemoryStats, w => w.Int32(count).Int32(AllCells).UInt32(0), NodeMemory.Read, stop).ConfigureAwait(false);
    }

    /// <summary>Host capabilities, as XML. The first call after a QEMU update probes QEMU, which takes seconds.</summary>
    public Task<string> GetCapabilitiesAsync(CancellationToken stop) =>
        LongCallAsync(Procedure.ConnectGetCapabilities, arguments: null, WireTypes.String, stop);

    /// <summary>What a domain of that kind may use, as XML; null leaves the choice to libvirt.</summary>
    public Task<string> GetDomainCapabilitiesAsync(string? emulator, string? architecture, string? machine, string? virtualizationType, CancellationToken stop) =>
        LongCallAsync(
            Procedure.ConnectGetDomainCapabilities,
            w => w.OptionalString(emulator).OptionalString(architecture).OptionalString(machine).OptionalString(virtualizationType).UInt32(0),
            WireTypes.String,
            stop);

    /// <summary>libvirt packs a version as major × 1,000,000 + minor × 1,000 + release.</summary>
    private static Version PackedVersion(ref XdrReader reader)
    {
        var packed = reader.UInt64();
        return packed <= int.MaxValue
            ? new Version((int)(packed / 1_000_000), (int)(packed / 1_000 % 1_000), (int)(packed % 1_000))
            : throw new XdrException($"version {packed}");
    }
}
