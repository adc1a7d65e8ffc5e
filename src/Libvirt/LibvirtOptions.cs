namespace Orchestrator.Libvirt;

/// <summary>How to connect and how long to wait.</summary>
public sealed record LibvirtOptions
{
    public static LibvirtOptions Default { get; } = new();

    /// <summary>For reaching the daemon and for the opening calls, together.</summary>
    public TimeSpan ConnectTimeout { get; init; } = TimeSpan.FromSeconds(15);

    /// <summary>Deadline of calls that libvirtd answers from memory or with one monitor command.</summary>
    public TimeSpan CallTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Deadline of calls that start, stop or copy something: domain start and destroy, pool and volume creation, the end of an upload.</summary>
    public TimeSpan LongCallTimeout { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>How long a silent peer is left before it is asked for a sign of life; zero turns keepalive off.</summary>
    public TimeSpan KeepAliveInterval { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>
    /// How many unanswered signs of life are forgiven. As with libvirt's own client the connection dies after
    /// <c>KeepAliveInterval × (KeepAliveCount + 1)</c> of silence.
    /// </summary>
    public int KeepAliveCount { get; init; } = 2;

    /// <summary>
    /// Calls sent and not yet answered; more are queued here. Must stay below the daemon's <c>max_client_requests</c> (5), because a daemon
    /// that has so many open stops reading, keepalive included, and then drops the connection.
    /// </summary>
    public int MaxCallsInFlight { get; init; } = 4;

    /// <summary>Events kept for a slow reader; beyond it they are replaced by one <see cref="EventsLost"/>.</summary>
    public int EventBuffer { get; init; } = 4096;

    /// <summary>Opens the connections read-only.</summary>
    public bool ReadOnly { get; init; }

    /// <summary>Additional <c>-o</c> options for ssh, as <c>Name=value</c>.</summary>
    public IReadOnlyList<string> SshOptions { get; init; } = [];
}
