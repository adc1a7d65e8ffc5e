using Orchestrator.Model;

namespace Orchestrator.Scenarios;

/// <summary>I6: the server may be killed between any two side effects; after a restart the end is the same.</summary>
public sealed class RestartStories
{
    /// <summary>More than the story has steps and writes; the last deaths do not come at all.</summary>
    private const int MostEffects = 70;

    /// <summary>Preparing, uploading, making, defining and starting alone are so many.</summary>
    private const int LeastEffects = 20;

    private static readonly string[] _names = ["a", "b", "c"];

    public static TheoryData<int> Slices => [0, 1, 2, 3];

    [Theory]
    [MemberData(nameof(Slices))]
    public async Task Killed_at_any_moment_of_creation_it_ends_the_same(int slice)
    {
        for (var moment = slice; moment <= MostEffects; moment += Slices.Count)
        {
            await using var world = await World.WithAsync(machines: 2, prepared: false);
            world.Server.DiesBefore = world.Server.Effects + moment;
            await CreateAsync(world);
            var died = await KilledAndRestartedAsync(world);
            Assert.False(died && moment == MostEffects, "the story is longer than thought");
            Assert.False(!died && moment < LeastEffects, "the story is shorter than thought");
            await RunAsDesiredAsync(world);
        }
    }

    [Theory]
    [MemberData(nameof(Slices))]
    public async Task Killed_at_any_moment_of_deletion_it_ends_the_same(int slice)
    {
        for (var moment = slice; moment <= MostEffects / 2; moment += Slices.Count)
        {
            await using var world = await World.WithAsync(machines: 2);
            await CreateAsync(world);
            await world.ConvergedAsync();
            world.Server.DiesBefore = world.Server.Effects + moment;
            foreach (var vm in _names)
            {
                await world.DeleteAsync(vm);
            }

            await KilledAndRestartedAsync(world);
            await world.ConvergedAsync();
            Assert.Empty(world.Vms());
            Assert.All(world.Machines(), machine => Assert.Equal(machine.Status.Capacity, world.Free(machine.Metadata.Name)));
        }
    }

    [Fact]
    public async Task Killed_again_and_again_it_still_gets_there()
    {
        await using var world = await World.WithAsync(machines: 2, prepared: false);
        await CreateAsync(world);
        for (var life = 0; life < 40; life++)
        {
            world.Server.DiesBefore = world.Server.Effects + 2;
            await world.IdleOrDeadAsync();
            await world.RestartAsync();
        }

        await RunAsDesiredAsync(world);
    }

    [Fact]
    public async Task Every_step_done_twice_is_the_same_as_once()
    {
        await using var world = await World.WithAsync(machines: 2, prepared: false);
        world.Fleet.Stutter = true;
        await CreateAsync(world);
        await RunAsDesiredAsync(world);
        await world.StaysQuietAsync();
        foreach (var vm in _names)
        {
            await world.DeleteAsync(vm);
        }

        await world.ConvergedAsync();
        Assert.Empty(world.Vms());
    }

    [Fact]
    public async Task A_restart_in_peace_changes_nothing()
    {
        await using var world = await World.WithAsync(machines: 2);
        await CreateAsync(world);
        await world.ConvergedAsync();
        await world.StaysQuietAsync();
        var before = (world.Revision, world.Steps());
        await world.RestartAsync();
        await world.StaysQuietAsync();
        Assert.Equal(before, (world.Revision, world.Steps()));
    }

    private static async Task CreateAsync(World world)
    {
        await world.DeclareImageAsync("debian");
        foreach (var vm in _names)
        {
            await world.DeclareAsync(vm, spec => spec with { Image = "debian" });
        }
    }

    private static async Task<bool> KilledAndRestartedAsync(World world)
    {
        await world.IdleOrDeadAsync();
        var died = world.Server.Dead;
        await world.RestartAsync();
        return died;
    }

    private static async Task RunAsDesiredAsync(World world)
    {
        await world.ConvergedAsync();
        Assert.All(world.Vms(), vm => Assert.Equal((VmPhase.Running, null), (vm.Status.Phase, vm.Status.Condition("DataLost"))));
        Assert.Equal(_names.Length, world.Fleet.Hosts.Values.Sum(host => host.Volumes.Count));
    }
}
