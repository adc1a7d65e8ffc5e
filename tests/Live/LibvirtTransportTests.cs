using Orchestrator.Libvirt;

namespace Orchestrator.Live;

[Collection(nameof(LibvirtHosts))]
public sealed class LibvirtTransportTests(LibvirtHosts hosts)
{
    private static readonly CancellationToken Stop = CancellationToken.None;

    [Theory]
    [InlineData("unix", "qemu", "libvirt-sock")]
    [InlineData("ssh", "qemu", "ssh forward")]
    [InlineData("pipe", "qemu", "virt-ssh-helper")]
    [InlineData("tls", "qemu", "TLS")]
    [InlineData("unix", "test", "libvirt-sock")]
    [InlineData("ssh", "test", "ssh forward")]
    [InlineData("pipe", "test", "virt-ssh-helper")]
    [InlineData("tls", "test", "TLS")]
    public async Task Reaches_the_daemon_and_opens_several_connections(string transport, string driver, string route)
    {
        await using var host = await hosts.ConnectAsync(transport, driver);
        Assert.Contains(route, host.RouteDescription, StringComparison.Ordinal);
        for (var i = 0; i < 3; i++)
        {
            await using var connection = await host.OpenAsync(Stop);
            Assert.Equal(hosts.Host.Name, await connection.GetHostnameAsync(Stop));
            Assert.Equal(driver, await connection.GetHypervisorTypeAsync(Stop), ignoreCase: true);
            Assert.Equal(driver == "test" ? "test:///default" : "qemu:///system", await connection.GetUriAsync(Stop));
        }
    }

    [Theory]
    [InlineData("unix")]
    [InlineData("ssh")]
    [InlineData("pipe")]
    [InlineData("tls")]
    public async Task Many_calls_at_once_are_all_answered(string transport)
    {
        await using var host = await hosts.ConnectAsync(transport, "test");
        await using var connection = await host.OpenAsync(Stop);
        var versions = await Task.WhenAll(Enumerable.Range(0, 500).Select(_ => connection.GetLibvirtVersionAsync(Stop)));
        Assert.Single(versions.Distinct());
        Assert.Equal(0, connection.AbandonedCalls);
    }

    [Theory]
    [InlineData("ssh")]
    [InlineData("pipe")]
    public async Task Nothing_is_left_of_ssh_when_the_host_is_disposed_of(string transport)
    {
        var before = Directory.GetDirectories(Path.GetTempPath(), "libvirt-*").ToHashSet(StringComparer.Ordinal);
        var host = await hosts.ConnectAsync(transport);
        var connection = await host.OpenAsync(Stop);
        await host.DisposeAsync();
        if (transport == "ssh")
        {
            await connection.Closed.WaitAsync(TimeSpan.FromSeconds(10));
        }

        await connection.DisposeAsync();
        Assert.NotNull(connection.Failure);
        Assert.Subset(before, Directory.GetDirectories(Path.GetTempPath(), "libvirt-*").ToHashSet(StringComparer.Ordinal));
    }

    [Fact]
    public async Task A_read_only_connection_looks_and_does_not_touch()
    {
        var options = LibvirtOptions.Default with { ReadOnly = true };
        await using var host = await LibvirtHost.ConnectAsync(await hosts.UriAsync("ssh", "test"), options, TimeProvider.System, Stop);
        await using var connection = await host.OpenAsync(Stop);
        var domain = (await connection.ListDomainsAsync(DomainListFlags.All, Stop))[0];
        var e = await Assert.ThrowsAsync<LibvirtOperationException>(() => connection.SuspendAsync(domain, Stop));
        Assert.Equal(LibvirtErrorCode.OperationDenied, e.Code);
    }

    [Theory]
    [InlineData("qemu+ssh://nobody@{host}/system", "Permission denied (publickey")]
    [InlineData("qemu+ssh://root@{host}:2/system", "Connection refused")]
    [InlineData("qemu+ssh://root@{host}/system?known_hosts=/dev/null", "Host key verification failed")]
    [InlineData("qemu+ssh://root@no-such-host.invalid/system", "Could not resolve hostname")]
    [InlineData("qemu+ssh://root@{host}/system?command=/no/such/ssh", "/no/such/ssh cannot be started")]
    [InlineData("qemu+ssh://root@{host}/system?socket=/run/no-such-sock", "No such file or directory")]
    [InlineData("qemu+tls://{host}/system?pkipath={stranger}", "certificate")]
    [InlineData("qemu+tls://{host}:2/system?pkipath={client}", "Connection refused")]
    [InlineData("qemu+tls://{host}/system?pkipath=/no/such/folder", "/no/such/folder")]
    [InlineData("qemu+unix:///system?socket=/run/no-such-sock", "No such file or directory")]
    public async Task A_failure_says_why_in_the_words_of_who_knows(string uri, string words)
    {
        var full = uri.Replace("{host}", hosts.Host.Name, StringComparison.Ordinal)
            .Replace("{stranger}", hosts.Bed.Paths.StrangerCertificates, StringComparison.Ordinal)
            .Replace("{client}", hosts.Bed.Paths.ClientCertificates, StringComparison.Ordinal);
        var e = await Assert.ThrowsAsync<LibvirtConnectionException>(
            () => LibvirtHost.ConnectAsync(LibvirtUri.Parse(full), LibvirtOptions.Default, TimeProvider.System, Stop));
        Assert.Contains(words, e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_daemon_refuses_a_client_certificate_of_a_stranger()
    {
        var folder = Directory.CreateTempSubdirectory("stranger-");
        try
        {
            File.Copy(Path.Combine(hosts.Bed.Paths.ClientCertificates, "cacert.pem"), Path.Combine(folder.FullName, "cacert.pem"));
            File.Copy(Path.Combine(hosts.Bed.Paths.StrangerCertificates, "clientcert.pem"), Path.Combine(folder.FullName, "clientcert.pem"));
            File.Copy(Path.Combine(hosts.Bed.Paths.StrangerCertificates, "clientkey.pem"), Path.Combine(folder.FullName, "clientkey.pem"));
            var uri = LibvirtUri.Parse($"qemu+tls://{hosts.Host.Name}/system?pkipath={folder.FullName}");
            await Assert.ThrowsAsync<LibvirtConnectionException>(() => LibvirtHost.ConnectAsync(uri, LibvirtOptions.Default, TimeProvider.System, Stop));
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    [Fact]
    public async Task A_URI_the_daemon_does_not_know_is_refused_by_the_daemon()
    {
        var uri = LibvirtUri.Parse($"nosuch+unix:///system?socket={hosts.UnixSocket}");
        await Assert.ThrowsAsync<LibvirtOperationException>(() => LibvirtHost.ConnectAsync(uri, LibvirtOptions.Default, TimeProvider.System, Stop));
    }
}
