using Orchestrator.Libvirt.Wire;

namespace Orchestrator.Libvirt;

public sealed partial class LibvirtConnection
{
    public Task<NetworkRef[]> ListNetworksAsync(NetworkListFlags flags, CancellationToken stop) =>
        CallAsync(
            Procedure.ConnectListAllNetworks,
            w => w.Bool(true).UInt32((uint)flags),
            static (ref r) => r.Array(ProtocolLimits.MaxList, WireTypes.NamedBytes, WireTypes.Network),
            stop);

    /// <returns>Null when there is none.</returns>
    public Task<NetworkRef?> FindNetworkAsync(string name, CancellationToken stop) =>
        OrNullAsync(CallAsync(Procedure.NetworkLookupByName, w => w.String(name), WireTypes.Network, stop), LibvirtErrorCode.NoNetwork);

    /// <returns>Null when there is none.</returns>
    public Task<NetworkRef?> FindNetworkAsync(Guid uuid, CancellationToken stop) =>
        OrNullAsync(CallAsync(Procedure.NetworkLookupByUuid, w => w.Uuid(uuid), WireTypes.Network, stop), LibvirtErrorCode.NoNetwork);

    public Task<NetworkRef> DefineNetworkAsync(string xml, CancellationToken stop) =>
        CallAsync(Procedure.NetworkDefineXml, w => w.String(xml), WireTypes.Network, stop);

    public Task StartNetworkAsync(NetworkRef network, CancellationToken stop) =>
        LongCallAsync(Procedure.NetworkCreate, w => w.Network(network), stop);

    public Task StopNetworkAsync(NetworkRef network, CancellationToken stop) =>
        LongCallAsync(Procedure.NetworkDestroy, w => w.Network(network), stop);

    public Task UndefineNetworkAsync(NetworkRef network, CancellationToken stop) =>
        CallAsync(Procedure.NetworkUndefine, w => w.Network(network), stop);

    public Task<string> GetNetworkXmlAsync(NetworkRef network, CancellationToken stop) =>
        CallAsync(Procedure.NetworkGetXmlDesc, w => w.Network(network).UInt32(0), WireTypes.String, stop);

    public Task<bool> IsNetworkActiveAsync(NetworkRef network, CancellationToken stop) =>
        CallAsync(Procedure.NetworkIsActive, w => w.Network(network), WireTypes.Bool, stop);

    public Task<bool> GetNetworkAutostartAsync(NetworkRef network, CancellationToken stop) =>
        CallAsync(Procedure.NetworkGetAutostart, w => w.Network(network), WireTypes.Bool, stop);

    public Task SetNetworkAutostartAsync(NetworkRef network, bool on, CancellationToken stop) =>
        CallAsync(Procedure.NetworkSetAutostart, w => w.Network(network).Bool(on), stop);

    /// <param name="mac">Only the leases of that address; null: all.</param>
    public Task<DhcpLease[]> GetDhcpLeasesAsync(NetworkRef network, string? mac, CancellationToken stop) =>
        CallAsync(
            Procedure.NetworkGetDhcpLeases,
            w => w.Network(network).OptionalString(mac).Bool(true).UInt32(0),
            static (ref r) => r.Array(ProtocolLimits.MaxLeases, DhcpLease.LeastBytes, DhcpLease.Read),
            stop);
}
