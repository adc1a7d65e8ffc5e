using Orchestrator.Libvirt.Wire;

namespace Orchestrator.Libvirt;

/// <summary>virConnectListAllNetworksFlags.</summary>
[Flags]
public enum NetworkListFlags : uint
{
    All = 0,
    Inactive = 1,
    Active = 2,
    Persistent = 4,
    Transient = 8,
    Autostart = 16,
    NoAutostart = 32,
}

/// <summary>A lease given by the DHCP server of a libvirt network.</summary>
/// <param name="Interface">The network's bridge.</param>
/// <param name="Iaid">DHCPv6 identity association.</param>
/// <param name="ClientId">DHCPv4 client id or DHCPv6 DUID.</param>
public sealed record DhcpLease(
    string Interface, DateTimeOffset Expiry, string? Mac, string? Iaid, string Address, uint PrefixLength, string? Hostname, string? ClientId)
{
    internal const int LeastBytes = 44;

    internal static DhcpLease Read(ref XdrReader r)
    {
        var device = r.String();
        var expiry = r.Int64();
        r.Int32(); // address family, which the address shows itself
        var latest = DateTimeOffset.MaxValue.ToUnixTimeSeconds();
        return new DhcpLease(
            device,
            DateTimeOffset.FromUnixTimeSeconds(Math.Clamp(expiry, 0, latest)),
            r.OptionalString(),
            r.OptionalString(),
            r.String(),
            r.UInt32(),
            r.OptionalString(),
            r.OptionalString());
    }
}
