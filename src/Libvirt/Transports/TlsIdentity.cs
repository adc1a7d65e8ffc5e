using System.Diagnostics.CodeAnalysis;
using System.Net.Security;
using System.Security.Cryptography.X509Certificates;

namespace Orchestrator.Libvirt.Transports;

/// <summary>
/// The certificates of a TLS connection, at libvirt's places: the directory <c>pkipath</c> names, else the user's <c>~/.pki/libvirt</c> where it has
/// them, else <c>/etc/pki</c>.
/// </summary>
internal sealed class TlsIdentity : IDisposable
{
    private readonly X509Certificate2 _authority;
    private readonly X509Certificate2 _client;

    private TlsIdentity(string authority, string certificate, string key)
    {
        _authority = X509CertificateLoader.LoadCertificateFromFile(authority);
        _client = X509Certificate2.CreateFromPemFile(certificate, key);
    }

    public static TlsIdentity Load(LibvirtUri uri)
    {
        if (uri.PkiPath is { } directory)
        {
            return In(directory);
        }

        var home = Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".pki", "libvirt");
        return File.Exists(Path.Combine(home, "clientcert.pem"))
            ? In(home)
            : new TlsIdentity("/etc/pki/CA/cacert.pem", "/etc/pki/libvirt/clientcert.pem", "/etc/pki/libvirt/private/clientkey.pem");
    }

    [SuppressMessage("Security", "CA5359", Justification = "The user said no_verify=1.")]
    public SslClientAuthenticationOptions Options(LibvirtUri uri) => new()
    {
        TargetHost = uri.Host,
        ClientCertificateContext = SslStreamCertificateContext.Create(_client, additionalCertificates: null, offline: true),
        CertificateChainPolicy = new X509ChainPolicy
        {
            TrustMode = X509ChainTrustMode.CustomRootTrust,
            CustomTrustStore = { _authority },
            RevocationMode = X509RevocationMode.NoCheck,
        },
        RemoteCertificateValidationCallback = uri.NoVerify ? static (_, _, _, _) => true : null,
    };

    public void Dispose()
    {
        _authority.Dispose();
        _client.Dispose();
    }

    private static TlsIdentity In(string directory) => new(
        Path.Combine(directory, "cacert.pem"), Path.Combine(directory, "clientcert.pem"), Path.Combine(directory, "clientkey.pem"));
}
