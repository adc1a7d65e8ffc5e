namespace Orchestrator.Libvirt;

/// <summary>How the daemon is reached.</summary>
public enum LibvirtTransport
{
    /// <summary>A unix socket of this machine.</summary>
    Unix,

    /// <summary>The OpenSSH client, to a unix socket of the remote machine.</summary>
    Ssh,

    /// <summary>TLS with a client certificate, port 16514.</summary>
    Tls,
}

/// <summary>
/// A libvirt connection URI, <c>driver[+transport]://[user@][host][:port]/[path][?parameters]</c>, with the meaning of
/// https://libvirt.org/uri.html. As there, a URI with a host and no transport means TLS.
/// </summary>
public sealed record LibvirtUri
{
    private LibvirtUri(string text, string driver, LibvirtTransport transport, string path, string remoteUri) =>
        (Text, Driver, Transport, Path, RemoteUri) = (text, driver, transport, path, remoteUri);

    /// <summary>As the user wrote it.</summary>
    public string Text { get; }

    /// <summary><c>qemu</c>, <c>xen</c>, <c>test</c>, …</summary>
    public string Driver { get; }

    public LibvirtTransport Transport { get; }

    public string? User { get; private init; }

    /// <summary>Null on the unix transport.</summary>
    public string? Host { get; private init; }

    public int? Port { get; private init; }

    /// <summary><c>/system</c>, <c>/session</c>, <c>/default</c>, …</summary>
    public string Path { get; }

    /// <summary>The URI without transport and host, as the daemon itself is asked to open it.</summary>
    public string RemoteUri { get; }

    /// <summary>ssh: the private key (<c>keyfile</c>).</summary>
    public string? KeyFile { get; private init; }

    /// <summary>ssh: the file with the host keys to believe (<c>known_hosts</c>).</summary>
    public string? KnownHosts { get; private init; }

    /// <summary>The host's key (ssh) or certificate (TLS) is not checked (<c>no_verify=1</c>).</summary>
    public bool NoVerify { get; private init; }

    /// <summary>The daemon's socket, on the machine where it runs (<c>socket</c>).</summary>
    public string? Socket { get; private init; }

    /// <summary>ssh: the program to run instead of <c>ssh</c> (<c>command</c>).</summary>
    public string? Command { get; private init; }

    /// <summary>TLS: one directory with cacert.pem, clientcert.pem and clientkey.pem (<c>pkipath</c>).</summary>
    public string? PkiPath { get; private init; }

    /// <summary><c>direct</c>: only the driver's own daemon; <c>legacy</c>: only libvirtd's socket; null: whichever answers (<c>mode</c>).</summary>
    public string? Mode { get; private init; }

    /// <exception cref="FormatException">It is not a libvirt URI, or asks for a transport that is not supported.</exception>
    public static LibvirtUri Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        if (!Uri.TryCreate(text, UriKind.Absolute, out var uri) || !text.Contains("://", StringComparison.Ordinal))
        {
            throw new FormatException($"'{text}' is not a libvirt URI such as qemu+ssh://root@host/system");
        }

        var scheme = uri.Scheme.Split('+', 2);
        var host = uri.Host.Length == 0 ? null : uri.Host.Trim('[', ']');
        var transport = Transports(text, scheme.Length == 2 ? scheme[1] : null, host);
        Check(text, host, uri.UserInfo, transport);
        var path = Uri.UnescapeDataString(uri.AbsolutePath);
        var query = UriQuery.Parse(text, uri.Query);
        return new LibvirtUri(text, scheme[0], transport, path, query.Name ?? $"{scheme[0]}://{path}{query.Rest}")
        {
            User = uri.UserInfo.Length == 0 ? null : Uri.UnescapeDataString(uri.UserInfo),
            Host = host,
            Port = uri.Port > 0 ? uri.Port : null,
            KeyFile = query["keyfile"],
            KnownHosts = query["known_hosts"],
            NoVerify = query.Flag("no_verify"),
            Socket = query["socket"],
            Command = query["command"],
            PkiPath = query["pkipath"],
            Mode = query["mode"] is "auto" ? null : query["mode"],
        };
    }

    public override string ToString() => Text;

    private static LibvirtTransport Transports(string text, string? name, string? host) => name switch
    {
        null => host is null ? LibvirtTransport.Unix : LibvirtTransport.Tls,
        "unix" => LibvirtTransport.Unix,
        "ssh" or "libssh" or "libssh2" => LibvirtTransport.Ssh,
        "tls" => LibvirtTransport.Tls,
        _ => throw new FormatException($"'{text}': transport '{name}' is not supported; use ssh, tls or unix"),
    };

    private static void Check(string text, string? host, string user, LibvirtTransport transport)
    {
        if (transport is LibvirtTransport.Unix ? host is not null : host is null)
        {
            throw new FormatException($"'{text}': {(host is null ? "a host is missing" : "a unix socket has no host")}");
        }

        if (host?.StartsWith('-') is true || user.StartsWith('-'))
        {
            throw new FormatException($"'{text}': host and user must not begin with '-'");
        }
    }
}
