using Orchestrator.Model;
using Orchestrator.Planning;
using Xunit.Abstractions;

namespace Orchestrator.Live;

[Collection(nameof(LiveBed))]
public sealed class DiskLossTests(LiveBed bed, ITestOutputHelper output)
{
    /// <summary>
    /// Somebody removes a disk's file. The guest still has it open, so nothing is touched while it runs, and the loss is told. Once the
    /// guest has stopped its data is gone for good, and the VM gets a new disk.
    /// </summary>
    [Fact]
    public async Task A_removed_disk_is_told_at_once_and_replaced_when_the_guest_has_stopped()
    {
        await using var cluster = await LiveCluster.StartAsync(bed, output, null, ("Reconciler__SweepSeconds", "1"), ("Reconciler__DeepSweepSeconds", "2"));
        var vm = await cluster.RunAsync(LiveCluster.Wish("loser", cluster.Hosts[0]));
        var host = cluster.HostOf(vm);
        var file = host.PathOf($"{HostViews.Storage}/{vm.Status.RootDisk!.Volume}");
        var process = await host.ProcessAsync("loser");
        Assert.NotNull(process);

        File.Delete(file);
        vm = await cluster.SeesAsync("loser", "has lost data", now => now.Status.Condition(MachineReport.DataLost) is { Status: ConditionStatus.True });
        Assert.Equal(VmPhase.Running, vm.Status.Phase);
        Assert.Equal(process, await host.ProcessAsync("loser"));
        Assert.False(File.Exists(file));
        await cluster.ToldAsync("loser", MachineReport.DataLost);

        await host.VirshAsync("destroy", "loser");
        await cluster.SeesAsync("loser", "has a new disk and runs", now => now.Status.Phase is VmPhase.Running && File.Exists(file));
        Assert.NotEqual(process, await host.ProcessAsync("loser"));
        await cluster.ToldAsync("loser", "DiskCreated", times: 2);
    }
}
