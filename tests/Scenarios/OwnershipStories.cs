using Orchestrator.Model;
using Orchestrator.Planning;

namespace Orchestrator.Scenarios;

/// <summary>What is not ours is left alone, and data goes only when a user deleted its object (I3, I4).</summary>
public sealed class OwnershipStories
{
    [Fact]
    public async Task An_empty_store_before_a_full_fleet_deletes_nothing_and_reports_orphans()
    {
        await using var world = await World.WithAsync();
        await world.DeclareAsync("web");
        await world.ConvergedAsync();
        var (vm, domain, steps) = (world.Vm("web")!, world.Domain("web"), world.Steps());

        await world.LoseRecordAsync(vm);
        await world.SweepAsync();
        await world.EventuallyAsync("the orphan is reported", () => world.Machine("pm1").Status.OrphanDomains is ["web"]);
        await world.StaysQuietAsync();
        Assert.Equal(steps, world.Steps());
        Assert.Equal(domain, world.Fleet.Hosts["pm1"].Domains[vm.Metadata.Uid!.Value]);
        Assert.Contains($"vm-{vm.Metadata.Uid}.qcow2", world.Fleet.Hosts["pm1"].Volumes.Keys, StringComparer.Ordinal);
    }

    [Fact]
    public async Task Another_clusters_domain_with_our_uuid_is_left_alone()
    {
        await using var world = await World.WithAsync();
        await world.DeclareAsync("web");
        await world.ConvergedAsync();
        world.ByHand("web", (host, uid) => host.Change(uid, domain => domain with { Mark = domain.Mark! with { Cluster = "another" }, State = DomainState.Off, Live = null }));
        await world.EventuallyAsync("it says why", () => world.Reason("web") == "ForeignDomain");
        var steps = world.Steps();
        await world.DeleteAsync("web");
        await world.StaysQuietAsync();
        Assert.Equal(steps, world.Steps());
        Assert.NotNull(world.Domain("web"));
    }

    [Fact]
    public async Task Foreign_domains_are_counted_reported_and_never_touched()
    {
        await using var world = await World.WithAsync(machines: 2, policy: "first-fit");
        world.AddForeign("pm1", "web");
        world.AddForeign("pm1", "theirs");
        await world.SweepAsync();
        await world.EventuallyAsync("they are reported", () => world.Machine("pm1").Status.ForeignDomains is ["theirs", "web"]);
        Assert.Equal(new Resources { Cpu = 2, MemoryMiB = 128 }, world.Machine("pm1").Status.Foreign);
        await world.DeclareAsync("web");
        await world.ConvergedAsync();
        Assert.Equal("pm2", world.Vm("web")!.Status.Host);
        await world.DeleteAsync("web");
        await world.ConvergedAsync();
        await world.StaysQuietAsync();
    }

    [Fact]
    public async Task A_storage_folder_that_lost_its_mark_gets_nothing_until_it_is_back()
    {
        await using var world = await World.WithAsync();
        await world.DeclareAsync("runs");
        await world.ConvergedAsync();
        world.ByHand("runs", (host, _) => host.StorageMarked = false);
        await world.SweepAsync();
        await world.EventuallyAsync("the host says so", () => world.Machine("pm1").Status.Condition(HostReport.Ready)?.Reason == "StorageMarkMissing");
        await world.DeclareAsync("waits");
        await world.EventuallyAsync("it is not placed there", () => world.Reason("waits", MachineReport.Scheduled) == PlacementDecision.Unschedulable);
        var steps = world.Steps();
        world.ByHand("runs", (host, uid) => host.End(uid, StateReason.Destroyed));
        await world.EventuallyAsync("it waits for its disk", () => world.Reason("runs") == "StorageNotReady");
        await world.StaysQuietAsync();
        Assert.Equal(steps, world.Steps());
        Assert.Null(world.Reason("runs", MachineReport.DataLost));

        world.ByHand("runs", (host, _) => host.StorageMarked = true);
        await world.SweepAsync();
        await world.ConvergedAsync();
        await world.StaysQuietAsync();
    }

    [Fact]
    public async Task A_machine_that_somebody_moved_is_not_started_a_second_time()
    {
        await using var world = await World.WithAsync(machines: 2, policy: "first-fit");
        await world.DeclareAsync("web");
        await world.ConvergedAsync();
        var (uid, domain) = (world.Vm("web")!.Metadata.Uid!.Value, world.Domain("web")!);
        world.Fleet.TellsOfChanges = false;
        world.ByHand("web", (host, _) => host.End(uid, StateReason.Destroyed));
        world.Fleet.TellsOfChanges = true;
        world.Fleet.Disturb("pm2", uid, host => host.Domains[uid] = domain with { Config = null });
        await world.IdleAsync();
        await world.SweepAsync();
        await world.EventuallyAsync("it says where it runs", () => world.Reason("web") == "RunsElsewhere");
        await world.StaysQuietAsync();

        world.Fleet.Disturb("pm2", uid, host => host.End(uid, StateReason.Shutdown));
        await world.ConvergedAsync();
        await world.StaysQuietAsync();
    }
}
