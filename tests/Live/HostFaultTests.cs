using System.Diagnostics;
using Orchestrator.Model;
using Orchestrator.Testing;
using Xunit.Abstractions;

namespace Orchestrator.Live;

/// <summary>A PM fails in each of the ways a PM fails; the others do not notice.</summary>
[Collection(nameof(LiveBed))]
public sealed class HostFaultTests(LiveBed bed, ITestOutputHelper output)
{
    private static readonly (string Name, string Value)[] _settings = [("Libvirt__KeepAliveSeconds", "2"), ("Libvirt__KeepAliveCount", "2")];

    [Fact]
    public async Task A_PM_without_network_is_unknown_and_settles_when_it_is_back()
    {
        await using var cluster = await LiveCluster.StartAsync(bed, output, null, _settings);
        var (lost, well) = (cluster.Hosts[0], cluster.Hosts[1]);
        await Task.WhenAll(cluster.RunAsync(LiveCluster.Wish("lost", lost)), cluster.RunAsync(LiveCluster.Wish("well", well)));
        var processes = (await lost.ProcessAsync("lost"), await well.ProcessAsync("well"));
        var before = await CreationAsync(cluster, "before", well);

        await lost.CutAsync();
        try
        {
            var began = Stopwatch.GetTimestamp();
            var during = await CreationAsync(cluster, "at-once", well);
            await cluster.SeesAsync("lost", "is unknown", vm => vm.Status.Phase is VmPhase.Unknown, TimeSpan.FromSeconds(20));
            cluster.Note("a cut PM's VM Unknown (keepalive 2 s x 2)", began);
            var after = await CreationAsync(cluster, "later", well);
            output.WriteLine($"measured: create to Running on another PM: {before.TotalMilliseconds:0} ms before the cut, {during.TotalMilliseconds:0} ms just after, {after.TotalMilliseconds:0} ms later");
            Assert.InRange(during, TimeSpan.Zero, (3 * before) + TimeSpan.FromSeconds(2));
            Assert.InRange(after, TimeSpan.Zero, (3 * before) + TimeSpan.FromSeconds(2));
            Assert.Equal(VmPhase.Running, (await cluster.RunsAsync("well")).Status.Phase);

            // What is asked of it meanwhile waits; it does not go elsewhere.
            await cluster.PatchAsync("lost", """{"cpu": 2}""");
            Assert.Equal(["at-once", "before", "later", "well"], await well.DomainsAsync());
            Assert.Empty(await cluster.Hosts[2].DomainsAsync());
        }
        finally
        {
            await lost.JoinAsync();
        }

        var joined = Stopwatch.GetTimestamp();
        await cluster.SeesAsync("lost", "runs, changed", vm => vm.Status.Phase is VmPhase.Running && vm.Status.ObservedGeneration == vm.Metadata.Generation);
        cluster.Note("settled after the cable was back", joined);
        Assert.Equal(processes, (await lost.ProcessAsync("lost"), await well.ProcessAsync("well")));
        Assert.Equal("2", await lost.VirshAsync("vcpucount", "--live", "--current", "lost"));
        Assert.Equal(["lost"], await lost.DomainsAsync());
    }

    [Fact]
    public async Task The_end_of_libvirtd_is_not_the_end_of_its_guests()
    {
        await using var cluster = await LiveCluster.StartAsync(bed, output, null, _settings);
        var host = cluster.Hosts[0];
        await cluster.RunAsync(LiveCluster.Wish("survivor", host));
        var process = await host.ProcessAsync("survivor");

        await host.KillLibvirtdAsync();
        await cluster.SeesAsync("survivor", "is unknown", vm => vm.Status.Phase is VmPhase.Unknown);
        await host.StartLibvirtdAsync();
        await cluster.RunsAsync("survivor");
        Assert.Equal(process, await host.ProcessAsync("survivor"));

        await host.RestartLibvirtdAsync();
        await cluster.PatchAsync("survivor", """{"cpu": 2}""");
        await Eventually.SeesAsync("survivor has two processors", async () => (await host.ExecAsync(["virsh", "vcpucount", "--live", "--current", "survivor"])).Output.Trim(), count => count == "2");
        Assert.Equal(process, await host.ProcessAsync("survivor"));
        Assert.Equal(["survivor"], await host.DomainsAsync());
    }

    [Fact]
    public async Task A_power_cut_ends_guests_and_they_are_started_again()
    {
        await using var cluster = await LiveCluster.StartAsync(bed, output, null, _settings);
        var host = cluster.Hosts[0];
        await cluster.RunAsync(LiveCluster.Wish("phoenix", host));
        await host.PowerOffAsync();
        try
        {
            await cluster.SeesAsync("phoenix", "is unknown", vm => vm.Status.Phase is VmPhase.Unknown);
        }
        finally
        {
            await host.PowerOnAsync();
        }

        var began = Stopwatch.GetTimestamp();
        await cluster.RunsAsync("phoenix");
        cluster.Note("running again after power came back", began);
        Assert.Equal("running", await host.StateAsync("phoenix"));
        Assert.Equal(["phoenix"], await host.DomainsAsync());
    }

    private static async Task<TimeSpan> CreationAsync(LiveCluster cluster, string name, TestbedHost host)
    {
        var began = Stopwatch.GetTimestamp();
        await cluster.RunAsync(LiveCluster.Wish(name, host));
        return Stopwatch.GetElapsedTime(began);
    }
}
