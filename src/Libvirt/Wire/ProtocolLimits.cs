namespace Orchestrator.Libvirt.Wire;

/// <summary>Limits of libvirt's <c>remote_protocol.x</c> and <c>virnetprotocol.x</c>.</summary>
internal static class ProtocolLimits
{
    /// <summary>Smallest legal frame: the length word and the header.</summary>
    public const int HeaderLength = 28;

    /// <summary>VIR_NET_MESSAGE_MAX plus the length word.</summary>
    public const int MaxFrame = 33554432 + 4;

    /// <summary>REMOTE_STRING_MAX, in bytes.</summary>
    public const int MaxString = 4194304;

    /// <summary>REMOTE_DOMAIN_LIST_MAX, and the same for pools, volumes, networks and secrets.</summary>
    public const int MaxList = 16384;

    /// <summary>REMOTE_CONNECT_GET_ALL_DOMAIN_STATS_MAX and REMOTE_DOMAIN_JOB_STATS_MAX, whichever is larger.</summary>
    public const int MaxParameters = 262144;

    /// <summary>REMOTE_NETWORK_DHCP_LEASES_MAX.</summary>
    public const int MaxLeases = 65536;

    /// <summary>REMOTE_AUTH_TYPE_LIST_MAX.</summary>
    public const int MaxAuthTypes = 20;

    /// <summary>REMOTE_NODE_MEMORY_STATS_MAX.</summary>
    public const int MaxNodeStatistics = 1024;

    /// <summary>Largest stream payload libvirt itself sends in one frame (VIR_NET_MESSAGE_LEGACY_PAYLOAD_MAX).</summary>
    public const int StreamPayload = 262120;
}
