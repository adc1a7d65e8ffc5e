using Orchestrator.Model;
using Orchestrator.Planning;
using Orchestrator.Testing.Simulation;

namespace Orchestrator.Scenarios;

/// <summary>Somebody disturbs a domain by hand. It is put right, whether libvirt tells of it or every event is lost.</summary>
public sealed class DriftStories
{
    private static readonly DomainConfig _other = new(7, 7, 999, 999, [new("vda", "/elsewhere/disk.qcow2", DiskFormat.Qcow2), new("vdb", "/more.raw", DiskFormat.Raw)]);

    private static readonly Dictionary<string, Action<SimulatedHost, Guid>> _disturbances = new(StringComparer.Ordinal)
    {
        ["destroyed"] = (host, uid) => host.End(uid, StateReason.Destroyed),
        ["shut down"] = (host, uid) => host.End(uid, StateReason.Shutdown),
        ["killed"] = (host, uid) => host.End(uid, StateReason.Failed),
        ["crashed and off"] = (host, uid) => host.End(uid, StateReason.Crashed),
        ["crashed and kept"] = (host, uid) => host.Change(uid, domain => domain with { State = DomainState.Crashed }),
        ["suspended"] = (host, uid) => host.Change(uid, domain => domain with { State = DomainState.Paused }),
        ["undefined while running"] = (host, uid) => host.Undefine(uid),
        ["undefined, then destroyed"] = (host, uid) =>
        {
            host.Undefine(uid);
            host.End(uid, StateReason.Destroyed);
        },
        ["redefined with other cpu"] = (host, uid) => host.Change(uid, domain => domain with { Config = domain.Config! with { Cpu = 1 } }),
        ["redefined with other memory"] = (host, uid) => host.Change(uid, domain => domain with { Config = domain.Config! with { MemoryMiB = 64, MaxMemoryMiB = 64 } }),
        ["redefined with other disks"] = (host, uid) => host.Change(uid, domain => domain with { Config = domain.Config! with { Disks = _other.Disks } }),
        ["mark stripped"] = (host, uid) => host.Change(uid, domain => domain with { Mark = null }),
        ["redefined without mark, with other everything, and off"] = (host, uid) => host.Change(uid, domain => domain with { Mark = null, Config = _other, Live = null, State = DomainState.Off, Reason = StateReason.Destroyed }),
        ["disk file removed while off"] = (host, uid) =>
        {
            host.End(uid, StateReason.Destroyed);
            host.Volumes.Remove($"vm-{uid}.qcow2");
        },
    };

    public static TheoryData<string, bool> Cases()
    {
        var cases = new TheoryData<string, bool>();
        foreach (var disturbance in _disturbances.Keys)
        {
            cases.Add(disturbance, true);
            cases.Add(disturbance, false);
        }

        return cases;
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public async Task It_is_put_right_and_stays_so(string disturbance, bool events)
    {
        await using var world = await World.WithAsync();
        await world.DeclareImageAsync("debian");
        await world.DeclareAsync("web", spec => spec with { Image = "debian" });
        await world.DeclareAsync("neighbour");
        await world.ConvergedAsync();
        var neighbour = world.Steps("neighbour");

        world.Fleet.TellsOfChanges = events;
        world.ByHand("web", _disturbances[disturbance]);
        Assert.NotEmpty(world.Differences());
        if (!events)
        {
            await world.SweepAsync();
        }

        await world.ConvergedAsync();
        Assert.Equal(neighbour, world.Steps("neighbour"));
        Assert.Equal(disturbance.StartsWith("disk", StringComparison.Ordinal) ? "DiskFileGone" : null, world.Reason("web", MachineReport.DataLost));
        await world.StaysQuietAsync();
    }

    [Fact]
    public async Task A_light_sweep_is_enough_for_a_domain_that_ended()
    {
        await using var world = await World.WithAsync();
        await world.DeclareAsync("web");
        await world.ConvergedAsync();
        world.Fleet.TellsOfChanges = false;
        world.ByHand("web", (host, uid) => host.End(uid, StateReason.Destroyed));
        await world.Server.Operator.SweepAllAsync(deep: false, default);
        await world.ConvergedAsync();
    }

    [Fact]
    public async Task A_disk_file_removed_under_a_running_guest_is_told_loudly_and_the_guest_goes_on()
    {
        await using var world = await World.WithAsync();
        await world.DeclareAsync("web");
        await world.ConvergedAsync();
        world.ByHand("web", (host, uid) => host.Volumes.Remove($"vm-{uid}.qcow2"));
        await world.EventuallyAsync("the loss is told", () => world.Reason("web", MachineReport.DataLost) == "DiskFileGone");
        Assert.Contains("copy it out", world.Vm("web")!.Status.Condition(MachineReport.DataLost)!.Message, StringComparison.Ordinal);
        Assert.Equal(DomainState.Running, world.Domain("web")!.State);
        await world.StaysQuietAsync();

        world.ByHand("web", (host, uid) => host.End(uid, StateReason.Shutdown));
        await world.ConvergedAsync();
        Assert.Contains("is lost", world.Vm("web")!.Status.Condition(MachineReport.DataLost)!.Message, StringComparison.Ordinal);
        Assert.Contains(world.Events(), said => said is { Reason: MachineReport.DataLost, Type: Event.Warning });
        await world.StaysQuietAsync();
    }

    [Fact]
    public async Task A_domain_that_has_our_name_keeps_us_away_until_it_goes()
    {
        await using var world = await World.WithAsync();
        await world.DeclareAsync("web");
        await world.ConvergedAsync();
        world.ByHand("web", (host, uid) => host.Domains.Remove(uid));
        world.AddForeign("pm1", "web");
        await world.EventuallyAsync("it says why", () => world.Reason("web") == "NameTaken");
        await world.IdleAsync();
        world.RemoveForeign("pm1", "web");
        await world.ConvergedAsync();
        await world.StaysQuietAsync();
    }
}
