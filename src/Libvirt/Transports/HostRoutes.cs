namespace Orchestrator.Libvirt.Transports;

/// <summary>The ways to one host, in the order to try, and the ssh process that some of them share.</summary>
internal sealed class HostRoutes : IAsyncDisposable
{
    private readonly SshForward? _forward;

    private HostRoutes(IReadOnlyList<Route> inOrder, SshForward? forward = null) => (InOrder, _forward) = (inOrder, forward);

    public IReadOnlyList<Route> InOrder { get; }

    /// <summary>The road all of them share is gone, and with it the sense of trying another.</summary>
    public bool IsHopeless => _forward is { IsDead: true };

    public static HostRoutes Of(LibvirtUri uri, LibvirtOptions options, TimeProvider time)
    {
        var sockets = DaemonSockets.Of(uri, options.ReadOnly);
        switch (uri.Transport)
        {
            case LibvirtTransport.Ssh:
                var forward = sockets.Count > 0 ? new SshForward(uri, sockets, options, time) : null;
                return new HostRoutes([.. forward?.Routes ?? [], new SshPipeRoute(uri, options, time)], forward);
            case LibvirtTransport.Tls:
                return new HostRoutes([new TlsRoute(uri)]);
            default:
                return new HostRoutes([.. sockets.Select(socket => new UnixRoute(socket))]);
        }
    }

    public ValueTask DisposeAsync() => _forward?.DisposeAsync() ?? default;
}
