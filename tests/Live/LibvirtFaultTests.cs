using System.Diagnostics;
using Orchestrator.Libvirt;
using Orchestrator.Testing;

namespace Orchestrator.Live;

/// <summary>A host of its own, to break.</summary>
public sealed class BreakableHost() : TestbedFixture(hosts: 1, exclusive: true);

[CollectionDefinition(nameof(BreakableHost))]
public sealed class BreakableHostCollection : ICollectionFixture<BreakableHost>;

/// <summary>What callers see when the daemon, the host or the network fails under a connection.</summary>
[Collection(nameof(BreakableHost))]
public sealed class LibvirtFaultTests(BreakableHost fixture)
{
    /// <summary>A deadline for each single call: one that is late does not take the others with it.</summary>
    private static CancellationToken Stop => new CancellationTokenSource(TimeSpan.FromMinutes(5)).Token;

    /// <summary>Silence is noticed after 0.5 s × (2 + 1).</summary>
    private static readonly LibvirtOptions Attentive = LibvirtOptions.Default with { KeepAliveInterval = TimeSpan.FromSeconds(0.5), KeepAliveCount = 2 };

    private TestbedHost Host => fixture.Bed.Hosts[0];

    [Theory]
    [InlineData("ssh")]
    [InlineData("tls")]
    public async Task A_killed_daemon_is_noticed_at_once_and_works_again_when_it_is_back(string transport)
    {
        await using var host = await ConnectAsync(transport, LibvirtOptions.Default);
        await using var connection = await host.OpenAsync(Stop);
        var pid = await StopDaemonAsync();
        var call = connection.GetHostnameAsync(Stop); // under way, for a stopped daemon does not answer
        var events = connection.ReadEventsAsync(Stop).GetAsyncEnumerator(Stop).MoveNextAsync().AsTask();
        await Task.Delay(100, Stop);
        Assert.False(call.IsCompleted);
        var start = Stopwatch.GetTimestamp();
        (await Host.ExecAsync(["kill", "-KILL", pid], Stop)).OutputOrThrow();
        await Assert.ThrowsAsync<LibvirtConnectionException>(() => call);
        await Assert.ThrowsAsync<LibvirtConnectionException>(() => events);
        Assert.True(Stopwatch.GetElapsedTime(start) < TimeSpan.FromSeconds(3));
        Assert.True(connection.Aborted.IsCancellationRequested);

        await Host.StartLibvirtdAsync(Stop);
        await using var again = transport == "ssh" ? await host.OpenAsync(Stop) : await (await ConnectAsync(transport, LibvirtOptions.Default)).OpenAsync(Stop);
        Assert.Equal(Host.Name, await again.GetHostnameAsync(Stop));
    }

    [Theory]
    [InlineData("ssh")]
    [InlineData("tls")]
    public async Task A_hung_daemon_is_noticed_by_keepalive(string transport)
    {
        await using var host = await ConnectAsync(transport, Attentive);
        await using var connection = await host.OpenAsync(Stop);
        var pid = await StopDaemonAsync();
        try
        {
            await DiesOfSilenceAsync(connection);
        }
        finally
        {
            (await Host.ExecAsync(["kill", "-CONT", pid], Stop)).OutputOrThrow();
        }
    }

    [Theory]
    [InlineData("ssh", "freeze")]
    [InlineData("tls", "freeze")]
    [InlineData("ssh", "cut")]
    [InlineData("tls", "cut")]
    public async Task A_frozen_host_and_a_cut_cable_are_noticed_and_ssh_ends_too(string transport, string fault)
    {
        await using var host = await ConnectAsync(transport, Attentive);
        await using var connection = await host.OpenAsync(Stop);
        await using var other = await host.OpenAsync(Stop);
        await (fault == "cut" ? Host.CutAsync(Stop) : Host.FreezeAsync(Stop));
        try
        {
            await DiesOfSilenceAsync(connection);
            await other.Closed.WaitAsync(TimeSpan.FromSeconds(5), Stop);
            await Assert.ThrowsAsync<LibvirtConnectionException>(async () =>
            {
                await using var late = await LibvirtHost.ConnectAsync(
                    host.Uri, Attentive with { ConnectTimeout = TimeSpan.FromSeconds(2) }, TimeProvider.System, Stop);
            });
        }
        finally
        {
            await (fault == "cut" ? Host.JoinAsync(Stop) : Host.ThawAsync(Stop));
        }

        await using var back = await ConnectAsync(transport, Attentive);
        await using var working = await back.OpenAsync(Stop);
        Assert.Equal(Host.Name, await working.GetHostnameAsync(Stop));
    }

    [Fact]
    public async Task A_daemon_that_dies_during_an_upload_ends_the_upload()
    {
        await using var host = await ConnectAsync("ssh", LibvirtOptions.Default);
        await using var connection = await host.OpenAsync(Stop);
        var pool = await connection.FindPoolAsync("fault", Stop)
            ?? await connection.DefinePoolAsync("<pool type='dir'><name>fault</name><target><path>/srv/fault</path></target></pool>", Stop);
        if (!await connection.IsPoolActiveAsync(pool, Stop))
        {
            await connection.StartPoolAsync(pool, StoragePoolCreateFlags.WithBuild, Stop);
        }

        var volume = await connection.FindVolumeAsync(pool, "fault", Stop)
            ?? await connection.CreateVolumeAsync(pool, "<volume><name>fault</name><capacity>1048576</capacity></volume>", VolumeCreateFlags.None, Stop);
        var killed = Task.CompletedTask;
        var progress = new OnFirst(() => killed = Host.KillLibvirtdAsync(Stop));
        await Assert.ThrowsAsync<LibvirtConnectionException>(
            () => connection.UploadVolumeAsync(volume, new Zeros(), 1L << 40, sparse: false, progress, Stop));
        await killed;
        (await Host.ExecAsync(["rm", "/srv/fault/fault"], Stop)).OutputOrThrow();
        await Host.StartLibvirtdAsync(Stop);
    }

    private static async Task DiesOfSilenceAsync(LibvirtConnection connection)
    {
        var start = Stopwatch.GetTimestamp();
        var call = connection.GetLibvirtVersionAsync(Stop);
        await Assert.ThrowsAsync<LibvirtConnectionException>(() => call);
        Assert.InRange(Stopwatch.GetElapsedTime(start), TimeSpan.FromSeconds(0.5), TimeSpan.FromSeconds(8));
        Assert.NotNull(connection.Failure);
    }

    private Task<LibvirtHost> ConnectAsync(string transport, LibvirtOptions options) => LibvirtHost.ConnectAsync(
        LibvirtUri.Parse(transport == "ssh" ? Host.SshUri : Host.TlsUri), options, TimeProvider.System, Stop);

    /// <summary>SIGSTOP to the host's libvirtd; the pid is the host's.</summary>
    private async Task<string> StopDaemonAsync()
    {
        var pid = (await Host.ExecAsync(["pidof", "libvirtd"], Stop)).OutputOrThrow().Trim();
        (await Host.ExecAsync(["kill", "-STOP", pid], Stop)).OutputOrThrow();
        return pid;
    }

    private sealed class OnFirst(Action action) : IProgress<long>
    {
        private bool _done;

        public void Report(long value)
        {
            if (!Interlocked.Exchange(ref _done, true))
            {
                action();
            }
        }
    }

    private sealed class Zeros : MemoryStream
    {
        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) => ValueTask.FromResult(buffer.Length);
    }
}
