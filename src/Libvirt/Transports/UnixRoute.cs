using System.Net.Sockets;

namespace Orchestrator.Libvirt.Transports;

/// <summary>A unix socket of this machine.</summary>
internal sealed class UnixRoute(string path) : Route
{
    public override string Description => path;

    public override async Task<Transport> ConnectAsync(CancellationToken stop)
    {
        try
        {
            return new SocketTransport(await DialAsync(path, stop).ConfigureAwait(false));
        }
        catch (SocketException e)
        {
            // .NET words a missing socket as a missing address
            throw new LibvirtConnectionException(File.Exists(path) ? e.Message : "No such file or directory", e);
        }
    }

    /// <exception cref="SocketException">Nobody listens there.</exception>
    public static async Task<Socket> DialAsync(string path, CancellationToken stop)
    {
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            await socket.ConnectAsync(new UnixDomainSocketEndPoint(path), stop).ConfigureAwait(false);
            return socket;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }
}

internal sealed class SocketTransport(Socket socket) : Transport
{
    public override Stream Stream { get; } = new NetworkStream(socket, ownsSocket: true);
}
