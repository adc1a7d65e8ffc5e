using FsCheck;
using FsCheck.Fluent;
using Orchestrator.Model;
using static Orchestrator.Planning.Tests.PlacementWorld;

namespace Orchestrator.Planning.Tests;

/// <summary>What holds for every fleet, every VM and every policy.</summary>
public class PlacementLawTests
{
    [Fact]
    public void A_host_is_rejected_exactly_when_the_rules_say_so()
    {
        int can = 0, cannot = 0;
        ForAll(world =>
        {
            var fleet = world.Fleet;
            foreach (var wanted in world.Wanted)
            {
                var rejected = Placement.Decide(new(wanted.Vm, wanted.Needs), fleet, world.Policy).Rejections.Select(rejection => rejection.Host).ToHashSet(StringComparer.Ordinal);
                foreach (var member in fleet.Members)
                {
                    var allowed = PlacementOracle.CanTake(wanted, member, fleet);
                    Assert.Equal(allowed, !rejected.Contains(member.Name));
                    _ = allowed ? can++ : cannot++;
                }
            }
        });
        Assert.True(can > 1500 && cannot > 1500, $"{can} {cannot}: the worlds are too easy or too hard");
    }

    [Fact]
    public void A_VM_goes_to_a_host_that_can_take_it_whenever_there_is_one() => ForAll(world =>
    {
        var fleet = world.Fleet;
        foreach (var wanted in world.Wanted)
        {
            var decision = Placement.Decide(new(wanted.Vm, wanted.Needs), fleet, world.Policy);
            var feasible = fleet.Members.Where(member => PlacementOracle.CanTake(wanted, member, fleet)).Select(member => member.Name).ToList();
            if (feasible.Count > 0)
            {
                Assert.Contains(decision.Host, feasible, StringComparer.Ordinal);
                Assert.Equal(PlacementDecision.Placed, decision.Reason);
            }
            else
            {
                Assert.Null(decision.Host);
                Assert.Equal(PlacementDecision.Unschedulable, decision.Reason);
                Assert.Equal(fleet.Members.Select(member => member.Name), decision.Rejections.Select(rejection => rejection.Host).Distinct(StringComparer.Ordinal), StringComparer.Ordinal);
                Assert.All(decision.Rejections, rejection => Assert.NotEmpty(rejection.Message));
            }
        }
    });

    [Fact]
    public void No_sequence_of_placements_exceeds_a_capacity() => ForAll(world =>
        Assert.All(PlaceAll(Fleet.Of(world.Machines, []), world.Wanted, world.Policy).Members, member => Assert.True(PlacementOracle.WithinCapacity(member))));

    [Fact]
    public void No_sequence_of_placements_brings_together_what_must_be_apart()
    {
        var pairs = 0;
        ForAll(world =>
        {
            var placed = PlaceAll(Fleet.Of(world.Machines, []), world.Wanted, world.Policy).Members
                .SelectMany(member => member.Vms.Select(vm => (Vm: vm, member.Machine))).ToList();
            foreach (var (one, other) in from one in placed from other in placed where one.Vm != other.Vm && one.Vm.Metadata.Namespace == other.Vm.Metadata.Namespace select (one, other))
            {
                Assert.True(PlacementOracle.MayMeet(one.Vm, one.Machine, other.Vm, other.Machine), $"{one.Vm.Metadata.Name} {other.Vm.Metadata.Name}");
                pairs++;
            }
        });
        Assert.True(pairs > 1000, $"{pairs} pairs only");
    }

    [Fact]
    public void The_order_of_the_lists_does_not_matter() => ForAll(world =>
    {
        var turned = Fleet.Of(world.Machines.Reverse(), world.Bound.Reverse());
        foreach (var wanted in world.Wanted)
        {
            PlacementRequest request = new(wanted.Vm, wanted.Needs);
            Assert.Equal(Placement.Decide(request, world.Fleet, world.Policy), Placement.Decide(request, turned, world.Policy));
        }
    });

    [Fact]
    public void A_fleet_that_grew_decides_as_one_built_at_once() => ForAll(world =>
    {
        var grown = PlaceAll(world.Fleet, world.Wanted, world.Policy);
        var built = Fleet.Of(world.Machines, grown.Members.SelectMany(member => member.Vms));
        PlacementRequest next = new(Vm(2000, new() { AntiAffinity = [new() { MatchLabels = Labels(("app", "web")) }] }, ("app", "db")), Size(1, 512, 1));
        Assert.Equal(Placement.Decide(next, built, world.Policy), Placement.Decide(next, grown, world.Policy));
        Assert.All(built.Members.Zip(grown.Members), pair => Assert.Equal((pair.First.Committed, pair.First.Room), (pair.Second.Committed, pair.Second.Room)));
        Assert.Equal(built.Newest?.Status.Id, grown.Newest?.Status.Id);
    });

    [Fact]
    public void Ignoring_readiness_only_adds_hosts() => ForAll(world =>
    {
        foreach (var wanted in world.Wanted)
        {
            var now = Placement.Decide(new(wanted.Vm, wanted.Needs), world.Fleet, world.Policy);
            var ever = Placement.Decide(new(wanted.Vm, wanted.Needs, IgnoreReadiness: true), world.Fleet, world.Policy);
            Assert.True(ever.Host is not null || now.Host is null);
            Assert.DoesNotContain(ever.Rejections, rejection => rejection.Reason == "NotReady");
        }
    });

    [Fact]
    public void First_fit_takes_the_smallest_id() => ForAllWithoutWishes(world =>
    {
        foreach (var wanted in world.Wanted)
        {
            var smallest = world.Fleet.Members.Where(member => PlacementOracle.CanTake(wanted, member, world.Fleet)).MinBy(member => member.Machine.Status.Id);
            Assert.Equal(smallest?.Name, Placement.Decide(new(wanted.Vm, wanted.Needs), world.Fleet, Policy("first-fit")).Host);
        }
    });

    [Fact]
    public void Spread_keeps_equal_hosts_within_one_VM_of_each_other() => Prop.ForAll(
        (from hosts in Gen.Choose(1, 9) from vms in Gen.Choose(0, 60) select (hosts, vms)).ToArbitrary(),
        world =>
        {
            var fleet = Fleet.Of(Enumerable.Range(1, world.hosts).Select(id => Pm(id)), []);
            var counts = PlaceAll(fleet, Same(world.vms), Policy("spread")).Members.Select(member => member.Vms.Count).ToList();
            Assert.Equal(world.vms, counts.Sum());
            Assert.True(counts.Max() - counts.Min() <= 1);
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void Round_robin_visits_every_feasible_host_in_as_many_steps() => ForAllWithoutWishes(world =>
    {
        var fleet = Fleet.Of(world.Machines.Select(machine => machine with { Status = machine.Status with { Capacity = Roomy, Foreign = null } }), world.Bound);
        var probe = Same(1).Single();
        var feasible = fleet.Members.Where(member => PlacementOracle.CanTake(probe, member, fleet)).Select(member => member.Name).ToList();
        var after = PlaceAll(fleet, Same(feasible.Count), Policy("round-robin"));
        Assert.All(feasible, host => Assert.Equal(fleet.Find(host)!.Vms.Count + 1, after.Find(host)!.Vms.Count));
    });

    private static IEnumerable<Wanted> Same(int count) => Enumerable.Range(1001, count).Select(id => new Wanted(Vm(id + 5000, new()), Size(1, 512, 1)));

    private static void ForAll(Action<World> law) => Prop.ForAll(AnyWorld.ToArbitrary(), law).Check(Config.QuickThrowOnFailure.WithMaxTest(300));

    /// <summary>Wishes (terms that are not required) come before the policy; these laws are about the policy.</summary>
    private static void ForAllWithoutWishes(Action<World> law) => ForAll(world => law(world with
    {
        Wanted = [.. world.Wanted.Select(wanted => wanted with { Vm = wanted.Vm with { Spec = wanted.Vm.Spec with { Placement = Required(wanted.Vm.Spec.Placement!) } } })],
    }));

    private static VmPlacement Required(VmPlacement placement) => placement with
    {
        Affinity = [.. placement.Affinity.Where(term => term.Required)],
        AntiAffinity = [.. placement.AntiAffinity.Where(term => term.Required)],
    };
}
