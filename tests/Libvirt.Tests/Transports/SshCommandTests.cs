using System.Diagnostics;
using Orchestrator.Libvirt.Tests.Support;
using Orchestrator.Libvirt.Transports;

namespace Orchestrator.Libvirt.Tests.Transports;

public sealed class SshCommandTests
{
    [Fact]
    public void The_command_line_says_what_the_URI_says()
    {
        var uri = LibvirtUri.Parse("qemu+ssh://me@host:2222/system?keyfile=/key&known_hosts=/known&no_verify=1");
        var options = LibvirtOptions.Default with { SshOptions = ["ProxyJump=bastion"] };
        var start = new SshCommand(uri, options).Start([KeyValuePair.Create("/local", "/remote")], "cat");
        var arguments = start.ArgumentList.ToList();
        Assert.Equal("ssh", start.FileName);
        Assert.Equal(["-L", "/local:/remote", "-i", "/key", "-l", "me", "-p", "2222", "--", "host", "cat"], arguments[^11..]);
        var settings = arguments.Where((_, i) => i > 0 && arguments[i - 1] == "-o").ToList();
        Assert.Equal("ProxyJump=bastion", settings[0]);
        Assert.Superset(
            new HashSet<string>(StringComparer.Ordinal)
            {
                "BatchMode=yes", "ExitOnForwardFailure=yes", "ControlMaster=no", "ConnectTimeout=10", "ServerAliveInterval=5", "ServerAliveCountMax=2",
                "UserKnownHostsFile=\"/known\"", "StrictHostKeyChecking=no",
            },
            settings.ToHashSet(StringComparer.Ordinal));
    }

    [Fact]
    public void A_quoted_word_reaches_the_remote_shell_s_command_as_it_is() => Gens.Holds(Gens.Text, text =>
    {
        var word = text.Replace("\0", "", StringComparison.Ordinal);
        var start = new ProcessStartInfo("/bin/sh", ["-c", $"printf %s. {SshCommand.Quote(word)}"]) { RedirectStandardOutput = true };
        using var shell = Process.Start(start)!;
        Assert.Equal(word + ".", shell.StandardOutput.ReadToEnd());
    }, tests: 50);

    [Theory]
    [InlineData("qemu:///system", false, "/run/libvirt/virtqemud-sock /run/libvirt/libvirt-sock")]
    [InlineData("qemu+ssh://h/system", true, "/run/libvirt/virtqemud-sock-ro /run/libvirt/libvirt-sock-ro")]
    [InlineData("xen+ssh://h/system?mode=direct", false, "/run/libvirt/virtxend-sock")]
    [InlineData("qemu+ssh://h/system?mode=legacy", false, "/run/libvirt/libvirt-sock")]
    [InlineData("qemu+ssh://h/system?socket=/s", false, "/s")]
    [InlineData("qemu+ssh://h/session", false, "")]
    public void The_driver_s_own_daemon_comes_before_the_monolithic_one(string uri, bool readOnly, string sockets) =>
        Assert.Equal(sockets, string.Join(' ', DaemonSockets.Of(LibvirtUri.Parse(uri), readOnly)));

    [Theory]
    [InlineData("echo 'Host key verification failed.' >&2; exit 255", "Host key verification failed.")]
    [InlineData("echo one >&2; echo two >&2; exit 255", "one; two")]
    [InlineData("exit 255", "ssh ended without a message")]
    [InlineData("head -c 5000000 /dev/zero | tr '\\0' x >&2; echo >&2; echo end >&2; exit 255", "xxx; end")]
    public async Task An_ssh_that_ends_is_quoted(string script, string words)
    {
        var folder = Directory.CreateTempSubdirectory("fake-ssh-");
        try
        {
            var program = Path.Combine(folder.FullName, "ssh");
            var mode = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
            if (!OperatingSystem.IsWindows())
            {
                mode.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;
            }

            await using (var file = new StreamWriter(program, mode))
            {
                await file.WriteAsync($"#!/bin/sh\n{script}\n");
            }

            var uri = LibvirtUri.Parse($"qemu+ssh://host/system?command={program}");
            var e = await Assert.ThrowsAsync<LibvirtConnectionException>(
                () => LibvirtHost.ConnectAsync(uri, LibvirtOptions.Default, TimeProvider.System, CancellationToken.None).Soon());
            Assert.Contains(words, e.Message, StringComparison.Ordinal);
            Assert.True(e.Message.Length < 3000);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    [Fact]
    public async Task An_ssh_that_never_gets_through_is_given_up_and_ended()
    {
        var uri = LibvirtUri.Parse("qemu+ssh://host/system?command=/bin/cat"); // refuses ssh's options at once
        var e = await Assert.ThrowsAsync<LibvirtConnectionException>(
            () => LibvirtHost.ConnectAsync(uri, LibvirtOptions.Default, TimeProvider.System, CancellationToken.None).Soon());
        Assert.Contains("invalid option", e.Message, StringComparison.Ordinal);
    }
}
