namespace Orchestrator.Libvirt.Transports;

/// <summary>The ways to one host, in the order to try, and the ssh process some of them share.</summary>
internal sealed class HostRoutes : IAsyncDisposable
{
    private HostRoutes(IReadOnlyList<Route> inOrder) => InOrder = inOrder;

    public IReadOnlyList<Route> InOrder { get; }

    /// <summary>What went wrong would go wrong on the remaining routes too.</summary>
    public bool IsHopeless => InOrder.Count == 0;

    public static HostRoutes Of(LibvirtUri uri, LibvirtOptions options, TimeProvider time) => uri.Transport switch
    {
        _ => new HostRoutes([.. DaemonSockets.Of(uri, options.ReadOnly).Select(socket => new UnixRoute(socket))]),
    };

    public ValueTask DisposeAsync() => default;
}
