using Orchestrator.Model;
using Orchestrator.Planning;

namespace Orchestrator.Scenarios;

/// <summary>When guests run, how they are stopped, and how running ones change.</summary>
public sealed class PowerStories
{
    [Fact]
    public async Task A_halted_machine_exists_and_is_off_until_it_may_run()
    {
        await using var world = await World.WithAsync();
        await world.DeclareAsync("web", spec => spec with { RunStrategy = RunStrategy.Halted });
        await world.ConvergedAsync();
        Assert.Equal(0, world.Steps("start"));
        world.ByHand("web", (host, uid) => host.Change(uid, domain => domain with { State = DomainState.Running, Live = domain.Config }));
        await world.ConvergedAsync();
        Assert.Equal(1, world.Steps("asked to shut down"));
        await world.StaysQuietAsync();

        await world.ChangeAsync("web", spec => spec with { RunStrategy = RunStrategy.Always });
        await world.ConvergedAsync();
        await world.ChangeAsync("web", spec => spec with { RunStrategy = RunStrategy.Halted });
        await world.ConvergedAsync();
        await world.StaysQuietAsync();
    }

    [Fact]
    public async Task A_machine_that_was_halted_runs_when_it_is_to_run_until_it_is_done()
    {
        await using var world = await World.WithAsync();
        await world.DeclareAsync("job");
        await world.ConvergedAsync();
        await world.ChangeAsync("job", spec => spec with { RunStrategy = RunStrategy.Halted });
        await world.ConvergedAsync();
        await world.ChangeAsync("job", spec => spec with { RunStrategy = RunStrategy.RerunOnFailure });
        await world.EventuallyAsync("it runs", () => world.Phase("job") is VmPhase.Running);
    }

    [Fact]
    public async Task A_job_is_run_again_when_it_fails_and_rests_when_it_is_done()
    {
        await using var world = await World.WithAsync();
        await world.DeclareAsync("job", spec => spec with { RunStrategy = RunStrategy.RerunOnFailure });
        await world.EventuallyAsync("it runs", () => world.Phase("job") is VmPhase.Running);
        world.ByHand("job", (host, uid) => host.End(uid, StateReason.Failed));
        await world.EventuallyAsync("it runs again", () => world.Steps("> start") == 2 && world.Phase("job") is VmPhase.Running);
        world.ByHand("job", (host, uid) => host.End(uid, StateReason.Shutdown));
        await world.EventuallyAsync("it rests", () => world.Phase("job") is VmPhase.Succeeded);
        await world.StaysQuietAsync();

        world.Fleet.CutOff("pm1");
        world.Fleet.Return("pm1");
        await world.EventuallyAsync("it still rests", () => world.Phase("job") is VmPhase.Succeeded);
        await world.RestartAsync();
        await world.StaysQuietAsync();
        Assert.Equal(2, world.Steps("> start"));
    }

    [Fact]
    public async Task A_manual_machine_is_left_as_its_user_puts_it()
    {
        await using var world = await World.WithAsync();
        await world.DeclareAsync("mine", spec => spec with { RunStrategy = RunStrategy.Manual });
        await world.EventuallyAsync("it is there", () => world.Phase("mine") is VmPhase.Stopped);
        world.ByHand("mine", (host, uid) => host.Change(uid, domain => domain with { State = DomainState.Running, Live = domain.Config }));
        await world.EventuallyAsync("it is seen to run", () => world.Phase("mine") is VmPhase.Running);
        world.ByHand("mine", (host, uid) => host.Change(uid, domain => domain with { State = DomainState.Paused }));
        await world.EventuallyAsync("it is seen to pause", () => world.Phase("mine") is VmPhase.Paused);
        await world.StaysQuietAsync();
        Assert.Equal(0, world.Steps("> "));
    }

    [Fact]
    public async Task A_guest_that_does_not_listen_is_forced_when_its_grace_is_over_and_not_before()
    {
        await using var world = await World.WithAsync();
        await world.DeclareAsync("web", spec => spec with { TerminationGracePeriodSeconds = 90 });
        await world.ConvergedAsync();
        world.ByHand("web", (host, uid) => host.Deaf.Add(uid));
        await world.DeleteAsync("web");
        await world.IdleAsync();
        Assert.Equal(1, world.Steps("asked to shut down"));
        Assert.Equal(VmPhase.Terminating, world.Phase("web"));
        Assert.Contains("forced at", world.Vm("web")!.Status.Condition(MachineReport.Ready)!.Message, StringComparison.Ordinal);

        world.Time.Advance(TimeSpan.FromSeconds(88));
        await world.SweepAsync();
        await world.IdleAsync();
        Assert.Equal(DomainState.Running, world.Domain("web")!.State);

        world.Time.Advance(TimeSpan.FromSeconds(2));
        await world.IdleAsync();
        Assert.Null(world.Vm("web"));
        Assert.Equal(1, world.Steps("did not shut down within 90 s"));
        await world.ConvergedAsync();
    }

    [Fact]
    public async Task The_grace_goes_on_where_it_was_when_the_server_restarts()
    {
        await using var world = await World.WithAsync();
        await world.DeclareAsync("web", spec => spec with { TerminationGracePeriodSeconds = 60 });
        await world.ConvergedAsync();
        world.ByHand("web", (host, uid) => host.Deaf.Add(uid));
        await world.DeleteAsync("web");
        await world.IdleAsync();
        world.Time.Advance(TimeSpan.FromSeconds(40));
        await world.RestartAsync();
        await world.IdleAsync();
        Assert.Equal(0, world.Steps("kill"));
        world.Time.Advance(TimeSpan.FromSeconds(20));
        await world.EventuallyAsync("it is gone", () => world.Vm("web") is null);
        Assert.Equal(1, world.Steps("asked to shut down"));
    }

    [Fact]
    public async Task A_guest_that_keeps_ending_is_started_ever_more_seldom()
    {
        await using var world = await World.WithAsync();
        await world.DeclareAsync("web");
        await world.ConvergedAsync();
        foreach (var wait in new[] { 0, 0, 2, 4, 8, 16, 32, 64, 128, 256, 300, 300 })
        {
            var before = world.Steps("> start");
            world.ByHand("web", (host, uid) => host.End(uid, StateReason.Crashed));
            await world.IdleAsync();
            if (wait > 0)
            {
                Assert.Equal("BackOff", world.Reason("web"));
                world.Time.Advance(TimeSpan.FromSeconds(wait) - TimeSpan.FromTicks(1));
                await world.IdleAsync();
                Assert.Equal(before, world.Steps("> start"));
                world.Time.Advance(TimeSpan.FromTicks(1));
                await world.IdleAsync();
            }

            Assert.Equal(before + 1, world.Steps("> start"));
        }

        world.Time.Advance(TimeSpan.FromMinutes(7));
        world.ByHand("web", (host, uid) => host.End(uid, StateReason.Crashed));
        await world.EventuallyAsync("a long run is forgiven", () => world.Vm("web")!.Status.Restarts == 1);
    }

    [Fact]
    public async Task More_cpus_come_at_once_and_more_memory_with_the_next_start()
    {
        await using var world = await World.WithAsync();
        await world.DeclareAsync("web");
        await world.ConvergedAsync();
        await ResizeAsync(world, cpu: 4, memoryMiB: 512);
        await world.ConvergedAsync();
        await world.EventuallyAsync("memory waits", () => world.Reason("web", MachineReport.RestartRequired) is not null);
        Assert.Equal(4, world.Domain("web")!.Live!.Cpu);
        Assert.Equal(256, world.Domain("web")!.Live!.MemoryMiB);
        Assert.Contains("memory 256Mi -> 512Mi", world.Vm("web")!.Status.Condition(MachineReport.RestartRequired)!.Message, StringComparison.Ordinal);
        Assert.Equal(1, world.Steps("> start"));
        await world.StaysQuietAsync();

        world.ByHand("web", (host, uid) => host.End(uid, StateReason.Shutdown));
        await world.ConvergedAsync();
        await world.EventuallyAsync("nothing waits for a restart", () => world.Reason("web", MachineReport.RestartRequired) is null);
        Assert.Equal(512, world.Domain("web")!.Live!.MemoryMiB);
        await world.StaysQuietAsync();
    }

    [Fact]
    public async Task Less_memory_is_asked_of_the_guest_once_and_fewer_cpus_come_with_the_next_start()
    {
        await using var world = await World.WithAsync();
        await world.DeclareAsync("willing");
        await world.DeclareAsync("unwilling");
        await world.ConvergedAsync();
        world.ByHand("unwilling", (host, uid) => host.Deaf.Add(uid));
        await ResizeAsync(world, cpu: 1, memoryMiB: 128);
        await world.ConvergedAsync();
        await world.EventuallyAsync("the willing gives memory back", () => world.Domain("willing")!.Live!.MemoryMiB == 128);
        await world.EventuallyAsync("fewer cpus wait", () => world.Reason("willing", MachineReport.RestartRequired) is not null);
        Assert.Equal(256, world.Domain("unwilling")!.Live!.MemoryMiB);
        Assert.Contains("cpu 2 -> 1", world.Vm("willing")!.Status.Condition(MachineReport.RestartRequired)!.Message, StringComparison.Ordinal);
        await world.StaysQuietAsync();
        Assert.Equal(2, world.Steps("~ memory"));
    }

    [Fact]
    public async Task A_disk_grows_under_a_running_guest()
    {
        await using var world = await World.WithAsync();
        await world.DeclareAsync("web");
        await world.ConvergedAsync();
        await world.ChangeAsync("web", spec => spec with { Disk = Quantity.FromGiB(5) });
        await world.ConvergedAsync();
        Assert.Equal(1, world.Steps("2Gi -> 5Gi (live)"));
        await world.StaysQuietAsync();
    }

    private static Task ResizeAsync(World world, int cpu, int memoryMiB) => world.WriteAsync(new InstanceType
    {
        Metadata = new() { Name = "small" },
        Spec = new() { Cpu = cpu, Memory = Quantity.FromMiB(memoryMiB), Disk = Quantity.FromGiB(2) },
    });
}
