using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography;

namespace Orchestrator.Libvirt.Transports;

/// <summary>TLS with a client certificate. After the handshake the daemon sends one byte, 1, if it accepts the certificate.</summary>
internal sealed class TlsRoute(LibvirtUri uri) : Route
{
    private const int DefaultPort = 16514;
    private const byte Accepted = 1;

    private readonly int _port = uri.Port ?? DefaultPort;

    public override string Description => $"{uri.Host}:{_port} (TLS)";

    public override async Task<Transport> ConnectAsync(CancellationToken stop)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            using var identity = TlsIdentity.Load(uri);
            await socket.ConnectAsync(uri.Host!, _port, stop).ConfigureAwait(false);
            var tls = new SslStream(new NetworkStream(socket, ownsSocket: true));
            await tls.AuthenticateAsClientAsync(identity.Options(uri), stop).ConfigureAwait(false);
            var verdict = new byte[1];
            if (await tls.ReadAsync(verdict, stop).ConfigureAwait(false) == 0 || verdict[0] != Accepted)
            {
                throw new AuthenticationException("the daemon does not accept our client certificate or address");
            }

            return new TlsTransport(tls);
        }
        catch (Exception e) when (e is SocketException or IOException or AuthenticationException or CryptographicException or UnauthorizedAccessException)
        {
            socket.Dispose();
            throw new LibvirtConnectionException(e.Message, e);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    private sealed class TlsTransport(SslStream tls) : Transport
    {
        public override Stream Stream => tls;
    }
}
