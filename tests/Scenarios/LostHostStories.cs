using Orchestrator.Model;

namespace Orchestrator.Scenarios;

/// <summary>Hosts that do not answer, and hosts that come back.</summary>
public sealed class LostHostStories
{
    [Fact]
    public async Task Machines_of_a_host_that_does_not_answer_are_unknown_and_are_not_made_elsewhere()
    {
        await using var world = await World.WithAsync(machines: 3);
        await SixAsync(world);
        var (away, steps) = (OnPm2(world), world.Steps());

        world.Fleet.CutOff("pm2");
        await world.EventuallyAsync("they are unknown", () => away.All(vm => world.Phase(vm) is VmPhase.Unknown));
        Assert.Equal(MachinePhase.Unreachable, world.Machine("pm2").Status.Phase);
        Assert.All(world.Vms().Where(vm => vm.Status.Host != "pm2"), vm => Assert.Equal(VmPhase.Running, vm.Status.Phase));
        await world.SweepAsync();
        await world.StaysQuietAsync();
        Assert.Equal(steps, world.Steps());

        await world.DeclareAsync("another");
        await world.EventuallyAsync("others are placed meanwhile", () => world.Phase("another") is VmPhase.Running);

        world.Fleet.Return("pm2");
        await world.ConvergedAsync();
        Assert.Equal(0, world.Steps("kill"));
        await world.StaysQuietAsync();
    }

    [Fact]
    public async Task A_host_that_rebooted_while_it_was_away_gets_its_machines_back()
    {
        await using var world = await World.WithAsync(machines: 3);
        await SixAsync(world);
        world.Fleet.CutOff("pm2");
        lock (world.Fleet.Gate)
        {
            world.Fleet.Hosts["pm2"].Reboot();
        }

        await world.EventuallyAsync("they are unknown", () => OnPm2(world).All(vm => world.Phase(vm) is VmPhase.Unknown));
        world.Fleet.Return("pm2");
        await world.ConvergedAsync();
        await world.StaysQuietAsync();
    }

    [Fact]
    public async Task A_machine_deleted_while_its_host_is_away_is_removed_when_it_is_back()
    {
        await using var world = await World.WithAsync(machines: 3);
        await SixAsync(world);
        var victim = OnPm2(world)[0];
        world.Fleet.CutOff("pm2");
        await world.DeleteAsync(victim);
        await world.EventuallyAsync("it waits", () => world.Phase(victim) is VmPhase.Terminating && world.Reason(victim) == "HostUnreachable");
        await world.StaysQuietAsync();
        world.Fleet.Return("pm2");
        await world.ConvergedAsync();
        Assert.Null(world.Vm(victim));
        await world.StaysQuietAsync();
    }

    [Fact]
    public async Task A_host_lost_in_the_middle_of_its_work_is_settled_when_it_is_back()
    {
        await using var world = await World.WithAsync();
        await world.DeclareImageAsync("debian");
        var cut = 0;
        world.Server.Slow = (step, _) =>
        {
            if (Interlocked.Increment(ref cut) % 3 == 0)
            {
                world.Fleet.CutOff("pm1");
            }

            return Task.CompletedTask;
        };
        foreach (var vm in new[] { "a", "b", "c" })
        {
            await world.DeclareAsync(vm, spec => spec with { Image = "debian" });
        }

        for (var times = 0; times < 8; times++)
        {
            await world.IdleAsync();
            world.Fleet.Return("pm1");
        }

        world.Server.Slow = (_, _) => Task.CompletedTask;
        world.Fleet.Return("pm1");
        await world.ConvergedAsync();
        await world.StaysQuietAsync();
    }

    [Fact]
    public async Task A_host_that_takes_for_ever_holds_up_nobody_else()
    {
        await using var world = await World.WithAsync(machines: 2, policy: "first-fit");
        world.Server.Slow = (step, stop) => step.Host == "pm1" ? Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, stop) : Task.CompletedTask;
        for (var number = 0; number < 12; number++)
        {
            await world.DeclareAsync($"stuck-{number}", spec => spec with { Placement = new() { Host = "pm1" } });
        }

        await world.EventuallyAsync("all are placed", () => world.Vms().All(vm => vm.Status.Host == "pm1"));
        await world.DeclareAsync("free", spec => spec with { Placement = new() { Host = "pm2" } });
        await world.EventuallyAsync("the other host works on", () => world.Phase("free") is VmPhase.Running);
        Assert.Equal(0, world.Steps("pm1"));
    }

    private static async Task SixAsync(World world)
    {
        for (var number = 1; number <= 6; number++)
        {
            await world.DeclareAsync($"web-{number}");
        }

        await world.ConvergedAsync();
    }

    private static List<string> OnPm2(World world) => [.. world.Vms().Where(vm => vm.Status.Host == "pm2").Select(vm => vm.Metadata.Name)];
}
