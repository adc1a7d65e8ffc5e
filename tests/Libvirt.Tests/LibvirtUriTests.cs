namespace Orchestrator.Libvirt.Tests;

public sealed class LibvirtUriTests
{
    [Theory]
    [InlineData("qemu:///system", LibvirtTransport.Unix, null, null, null, "qemu:///system")]
    [InlineData("qemu:///session", LibvirtTransport.Unix, null, null, null, "qemu:///session")]
    [InlineData("test:///default", LibvirtTransport.Unix, null, null, null, "test:///default")]
    [InlineData("test+unix:///default", LibvirtTransport.Unix, null, null, null, "test:///default")]
    [InlineData("xen+ssh://root@host/system", LibvirtTransport.Ssh, "root", "host", null, "xen:///system")]
    [InlineData("xen+ssh://host/", LibvirtTransport.Ssh, null, "host", null, "xen:///")]
    [InlineData("qemu+ssh://me@10.0.0.1:2222/system", LibvirtTransport.Ssh, "me", "10.0.0.1", 2222, "qemu:///system")]
    [InlineData("qemu+libssh2://host/system", LibvirtTransport.Ssh, null, "host", null, "qemu:///system")]
    [InlineData("qemu+ssh://root@[fe80::1]:22/system", LibvirtTransport.Ssh, "root", "fe80::1", 22, "qemu:///system")]
    [InlineData("qemu+tls://host/system", LibvirtTransport.Tls, null, "host", null, "qemu:///system")]
    [InlineData("qemu://host/system", LibvirtTransport.Tls, null, "host", null, "qemu:///system")]
    [InlineData("test+ssh://host/abs/file.xml?other=1", LibvirtTransport.Ssh, null, "host", null, "test:///abs/file.xml?other=1")]
    [InlineData("qemu+ssh://host/system?name=qemu:///session", LibvirtTransport.Ssh, null, "host", null, "qemu:///session")]
    [InlineData("test+ssh://host/default?no_tty=1&x=1&keyfile=/k&y=%262", LibvirtTransport.Ssh, null, "host", null, "test:///default?x=1&y=%262")]
    public void Says_where_and_how(string text, LibvirtTransport transport, string? user, string? host, int? port, string remote)
    {
        var uri = LibvirtUri.Parse(text);
        Assert.Equal((transport, user, host, port, remote), (uri.Transport, uri.User, uri.Host, uri.Port, uri.RemoteUri));
        Assert.Equal(text, uri.ToString());
    }

    [Fact]
    public void Parameters_mean_what_they_mean_to_libvirt()
    {
        var uri = LibvirtUri.Parse(
            "qemu+ssh://h/system?keyfile=/a%20b&known_hosts=/kh&no_verify=1&socket=/s&command=/usr/bin/ssh2&pkipath=/pki&mode=legacy");
        Assert.Equal(
            ("/a b", "/kh", true, "/s", "/usr/bin/ssh2", "/pki", "legacy"),
            (uri.KeyFile, uri.KnownHosts, uri.NoVerify, uri.Socket, uri.Command, uri.PkiPath, uri.Mode));
        Assert.False(LibvirtUri.Parse("qemu+ssh://h/system?no_verify=0").NoVerify);
        Assert.Null(LibvirtUri.Parse("qemu+ssh://h/system?mode=auto").Mode);
    }

    [Theory]
    [InlineData("")]
    [InlineData("host")]
    [InlineData("/run/libvirt/libvirt-sock")]
    [InlineData("qemu:system")]
    [InlineData("qemu+ssh:///system")]
    [InlineData("qemu+unix://host/system")]
    [InlineData("qemu+tcp://host/system")]
    [InlineData("qemu+ext://host/system")]
    [InlineData("qemu+ssh://-oProxyCommand=evil/system")]
    [InlineData("qemu+ssh://-l@host/system")]
    [InlineData("qemu+ssh://host/system?socket=relative")]
    [InlineData("qemu+ssh://host/system?mode=other")]
    [InlineData("qemu+ssh://host/system?keyfile=/a&keyfile=/b")]
    [InlineData("qemu+ssh://host:99999/system")]
    [InlineData("qemu+unix:///system?socket=/01234567890123456789012345678901234567890123456789012345678901234567890123456789012345678901234567890123456789012345")]
    public void What_is_wrong_is_refused(string text) => Assert.Throws<FormatException>(() => LibvirtUri.Parse(text));

    [Fact]
    public void Any_text_is_parsed_or_refused() => Support.Gens.Holds(Support.Gens.Text, text =>
    {
        foreach (var candidate in new[] { text, $"qemu+ssh://{text}/system", $"qemu+ssh://host/system?{text}", $"qemu:///system?socket=/{text}" })
        {
            try
            {
                LibvirtUri.Parse(candidate);
            }
            catch (FormatException)
            {
                // refused
            }
        }
    });
}
