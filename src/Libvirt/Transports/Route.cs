namespace Orchestrator.Libvirt.Transports;

/// <summary>A way to a host's daemon on which any number of connections can be made.</summary>
internal abstract class Route
{
    /// <summary>For messages.</summary>
    public abstract string Description { get; }

    /// <exception cref="LibvirtConnectionException">The daemon cannot be reached this way.</exception>
    public abstract Task<Transport> ConnectAsync(CancellationToken stop);
}
