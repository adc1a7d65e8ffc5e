using Orchestrator.Model;
using Orchestrator.Planning;
using Orchestrator.RestGateway.Objects;

namespace Orchestrator.Scenarios;

/// <summary>The life of a fleet when nothing goes wrong.</summary>
public sealed class FleetStories
{
    [Fact]
    public async Task Ten_machines_over_three_hosts_run_and_when_they_are_deleted_nothing_is_left()
    {
        await using var world = await World.WithAsync(machines: 3);
        await world.DeclareImageAsync("debian");
        var vms = Enumerable.Range(1, 10).Select(number => $"web-{number}").ToList();
        foreach (var vm in vms)
        {
            await world.DeclareAsync(vm, spec => spec with { Image = "debian" });
        }

        await world.ConvergedAsync();
        Assert.Equal([3, 3, 4], world.Vms().CountBy(vm => vm.Status.Host!, StringComparer.Ordinal).Select(count => count.Value).Order());
        Assert.Equal(3, world.Steps("+ image"));
        Assert.Equal(10, world.Steps("+ disk"));
        Assert.Equal(10, world.Steps("> start"));
        await world.StaysQuietAsync();

        foreach (var vm in vms)
        {
            await world.DeleteAsync(vm);
        }

        await world.ConvergedAsync();
        Assert.Empty(world.Vms());
        Assert.All(world.Machines(), machine => Assert.Equal(machine.Status.Capacity, world.Free(machine.Metadata.Name)));
        Assert.All(world.Fleet.Hosts.Values, host => Assert.Empty(host.Domains));
        await world.StaysQuietAsync();
    }

    [Fact]
    public async Task A_fresh_host_is_prepared_and_marked_before_anything_is_put_there()
    {
        await using var world = await World.WithAsync(prepared: false);
        await world.DeclareAsync("web");
        await world.ConvergedAsync();
        Assert.Equal("+ storage /var/lib/libvirt/orchestrator on pm1", world.Fleet.Log[0]);
        Assert.True(world.Machine("pm1").Status.StoragePrepared);
        await world.StaysQuietAsync();
    }

    [Fact]
    public async Task A_machine_for_which_there_is_no_room_says_so_and_is_placed_when_room_comes()
    {
        await using var world = await World.WithAsync(capacity: new() { Cpu = 8, MemoryMiB = 300, DiskGiB = 10 });
        await world.DeclareAsync("first");
        await world.ConvergedAsync();
        await world.DeclareAsync("second");
        await world.EventuallyAsync("second waits", () => world.Reason("second", MachineReport.Scheduled) == PlacementDecision.Unschedulable);
        Assert.Contains("pm1: needs 256 MiB of memory, 44 of 300 are free", world.Vm("second")!.Status.Condition(MachineReport.Scheduled)!.Message, StringComparison.Ordinal);
        await world.StaysQuietAsync();

        await world.DeleteAsync("first");
        await world.ConvergedAsync();
        Assert.Equal(VmPhase.Running, world.Phase("second"));
    }

    [Fact]
    public async Task A_machine_waits_for_its_type_and_image_and_then_goes_on()
    {
        await using var world = await World.WithAsync();
        await world.DeclareAsync("web", spec => spec with { InstanceType = "later", Image = "debian" });
        await world.EventuallyAsync("it waits for its type", () => world.Reason("web") == "InstanceTypeMissing");
        await world.WriteAsync(new InstanceType { Metadata = new() { Name = "later" }, Spec = new() { Cpu = 2, Memory = Quantity.FromMiB(256), Disk = Quantity.FromGiB(2) } });
        await world.EventuallyAsync("it waits for its image", () => world.Reason("web") == "ImageMissing");
        await world.DeclareImageAsync("debian");
        await world.EventuallyAsync("it runs", () => world.Phase("web") is VmPhase.Running);
    }

    [Fact]
    public async Task A_machine_deleted_while_it_is_being_made_is_gone_in_the_end()
    {
        await using var world = await World.WithAsync();
        var reached = new TaskCompletionSource();
        var goOn = new TaskCompletionSource();
        world.Server.Slow = async (step, stop) =>
        {
            if (step is DefineDomain)
            {
                reached.TrySetResult();
                await goOn.Task.WaitAsync(stop);
            }
        };
        await world.DeclareAsync("web");
        await reached.Task;
        await world.DeleteAsync("web");
        goOn.SetResult();
        await world.ConvergedAsync();
        Assert.Empty(world.Vms());
        await world.StaysQuietAsync();
    }

    [Fact]
    public async Task A_host_is_let_go_only_when_nothing_is_bound_to_it()
    {
        await using var world = await World.WithAsync();
        await world.DeclareAsync("web");
        await world.ConvergedAsync();
        await world.User.DeleteAsync(ResourceTypes.PhysicalMachines, null, "pm1", new DeleteWish(), default);
        await world.EventuallyAsync("pm1 says why it stays", () => world.Machine("pm1").Status.Condition(HostReport.Ready)?.Reason == "InUse");
        Assert.Equal(DomainState.Running, world.Domain("web")!.State);
        await world.DeleteAsync("web");
        await world.EventuallyAsync("pm1 is gone", () => world.Machines().Count == 0);
    }
}
