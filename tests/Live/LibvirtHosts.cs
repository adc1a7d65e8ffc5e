using Orchestrator.Libvirt;
using Orchestrator.Testing;

namespace Orchestrator.Live;

/// <summary>Hosts shared by the tests of the libvirt client, and the ways to them.</summary>
public sealed class LibvirtHosts() : TestbedFixture(hosts: 1)
{
    private const int SshWithoutForwarding = 2222;

    public TestbedHost Host => Bed.Hosts[0];

    /// <summary>The daemon's own socket: a host's /run is private, but the kernel shows it below the host's first process.</summary>
    public string UnixSocket => $"/proc/{File.ReadAllText(Host.PathOf("init.pid")).Trim()}/root/run/libvirt/libvirt-sock";

    /// <summary>The URI of a driver over one of the transports <c>unix</c>, <c>ssh</c>, <c>pipe</c> (an sshd that refuses to forward) and <c>tls</c>.</summary>
    public async Task<LibvirtUri> UriAsync(string transport, string driver = "qemu")
    {
        var path = driver == "test" ? "/default" : "/system";
        if (transport == "pipe")
        {
            await StartSshWithoutForwardingAsync();
        }

        return LibvirtUri.Parse(transport switch
        {
            "unix" => $"{driver}+unix://{path}?socket={UnixSocket}",
            "ssh" => $"{driver}+ssh://root@{Host.Name}{path}",
            "pipe" => $"{driver}+ssh://root@{Host.Name}:{SshWithoutForwarding}{path}",
            "tls" => $"{driver}+tls://{Host.Name}{path}?pkipath={Bed.Paths.ClientCertificates}",
            _ => throw new ArgumentOutOfRangeException(nameof(transport)),
        });
    }

    public async Task<LibvirtHost> ConnectAsync(string transport, string driver = "qemu") =>
        await LibvirtHost.ConnectAsync(await UriAsync(transport, driver), LibvirtOptions.Default, TimeProvider.System, CancellationToken.None);

    /// <summary>A second one that is already there is all right: it holds the port.</summary>
    private async Task StartSshWithoutForwardingAsync() => await Host.ExecAsync(
    [
        "/usr/sbin/sshd", "-f", Host.PathOf("sshd_config"), "-p", $"{SshWithoutForwarding}",
        "-o", "AllowStreamLocalForwarding=no", "-o", "PidFile=/run/sshd-pipe.pid",
    ]);
}

[CollectionDefinition(nameof(LibvirtHosts))]
public sealed class LibvirtHostsCollection : ICollectionFixture<LibvirtHosts>;
