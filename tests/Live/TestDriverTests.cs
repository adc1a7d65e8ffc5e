using System.Diagnostics;
using Orchestrator.Model;
using Orchestrator.Testing;
using Xunit.Abstractions;

namespace Orchestrator.Live;

[Collection(nameof(LiveBed))]
public sealed class TestDriverTests(LiveBed bed, ITestOutputHelper output)
{
    private const int Vms = 200;

    /// <summary>Libvirt's own test driver is a PM like any other, and holds many.</summary>
    [Fact]
    public async Task Two_hundred_machines_come_and_go()
    {
        await using var cluster = await LiveCluster.StartAsync(bed, output);
        await cluster.Objects.CreateAsync(ResourceTypes.PhysicalMachines, new()
        {
            Metadata = new() { Name = "many" },
            Spec = new() { Uri = $"test+ssh://root@{cluster.Hosts[0].Name}/default", Overcommit = new() { Cpu = 1000, Memory = 1000, Disk = 1000 } },
        });
        var machine = await Eventually.SeesAsync("the test driver is ready",
            () => cluster.Objects.GetAsync(ResourceTypes.PhysicalMachines, "many"), seen => seen is { Status.Phase: MachinePhase.Ready });
        Assert.Equal(["test"], machine!.Status.Hypervisors);
        Assert.Equal(["test"], machine.Status.ForeignDomains);

        var began = Stopwatch.GetTimestamp();
        await Task.WhenAll(Enumerable.Range(1, Vms).Select(i => cluster.CreateAsync(Wish(i))));
        await Eventually.SeesAsync($"{Vms} VMs run", RunningAsync, count => count == Vms, TimeSpan.FromMinutes(2));
        cluster.Note($"create {Vms} VMs on the test driver", began);

        began = Stopwatch.GetTimestamp();
        await Task.WhenAll(Enumerable.Range(1, Vms).Select(i => cluster.DeleteAsync(Wish(i).Metadata.Name)));
        await Eventually.SeesAsync("no VM is left", async () => (await cluster.Objects.ListAsync(ResourceTypes.VirtualMachines)).Count, count => count == 0, TimeSpan.FromMinutes(2));
        cluster.Note($"delete {Vms} VMs on the test driver", began);
        Assert.Equal(["test"], (await cluster.Objects.GetAsync(ResourceTypes.PhysicalMachines, "many"))!.Status.ForeignDomains);

        async Task<int> RunningAsync() => (await cluster.Objects.ListAsync(ResourceTypes.VirtualMachines)).Count(vm => vm.Status is { Phase: VmPhase.Running, Host: "many" });
    }

    private static VirtualMachine Wish(int i)
    {
        var wish = LiveCluster.Wish($"t-{i}");
        return wish with { Spec = wish.Spec with { TerminationGracePeriodSeconds = 0, Placement = new() { Host = "many" } } };
    }
}
