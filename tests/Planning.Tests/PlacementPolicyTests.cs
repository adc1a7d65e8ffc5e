using Orchestrator.Model;
using static Orchestrator.Planning.Tests.PlacementWorld;

namespace Orchestrator.Planning.Tests;

/// <summary>Whom each policy chooses, and which policy a VM gets.</summary>
public class PlacementPolicyTests
{
    /// <summary>1: half full, two VMs. 2: nearly full, one VM. 3: one small VM, little disk. All can take a VM of one CPU.</summary>
    private static readonly EquatableArray<PhysicalMachine> _pms = [Pm(1, Size(8, 8192, 80)), Pm(2, Size(8, 8192, 80)), Pm(3, Size(8, 8192, 20))];

    private static readonly EquatableArray<VirtualMachine> _bound =
        [Vm(1).On("pm-1", Size(1, 1024, 10)), Vm(4).On("pm-1", Size(3, 1024, 10)), Vm(2).On("pm-2", Size(6, 6144, 60)), Vm(3).On("pm-3", Size(1, 3072, 10))];

    [Theory]
    [InlineData("first-fit", "pm-1")]
    [InlineData("best-fit", "pm-2")]
    [InlineData("spread", "pm-3")]
    [InlineData("round-robin", "pm-2")]
    [InlineData("free-cpu", "pm-3")]
    [InlineData("free-memory", "pm-1")]
    [InlineData("free-disk", "pm-1")]
    [InlineData("prefer-affinity", "pm-1")]
    public void Policies_choose(string policy, string expected) => Assert.Equal(expected, Decide(Vm(9), Size(1, 1, 1), _pms, _bound, policy).Host);

    [Theory]
    [InlineData(1, 0, "pm-3")]
    [InlineData(0, 1, "pm-1")]
    [InlineData(1, 10, "pm-1")]
    [InlineData(10, 1, "pm-3")]
    public void Weights_weigh(double cpu, double memory, string expected)
    {
        var weights = new Dictionary<string, double>(StringComparer.Ordinal) { ["free-cpu"] = cpu, ["free-memory"] = memory }.Where(weight => weight.Value > 0);
        var policies = Policies(new() { Policy = "mine", Weighted = { ["mine"] = weights.ToDictionary(StringComparer.Ordinal) } });
        Assert.Equal(expected, Placement.Decide(new(Vm(9), Size(1, 1, 1)), Fleet.Of(_pms, _bound), policies).Host);
    }

    [Fact]
    public void A_weighted_policy_may_weigh_wishes_against_the_rest()
    {
        var near = Vm(9, new() { Affinity = [new() { MatchLabels = Labels(("app", "web")), Required = false }] });
        var fleet = Fleet.Of([Pm(1), Pm(2)], [Vm(1, null, ("app", "web")).On("pm-1", Size(32))]);
        Assert.Equal("pm-1", Choice(("free-cpu", 1)));
        Assert.Equal("pm-2", Choice(("free-cpu", 1), ("prefer-affinity", 0.1)));
        Assert.Equal("pm-1", Choice(("free-cpu", 1), ("prefer-affinity", 1)));

        string? Choice(params (string Score, double Weight)[] weights) => Placement.Decide(
            new(near, Size(1)), fleet, Policies(new() { Policy = "mine", Weighted = { ["mine"] = weights.ToDictionary(StringComparer.Ordinal) } })).Host;
    }

    [Fact]
    public void Spread_prefers_the_emptier_of_two_hosts_with_as_many_VMs() =>
        Assert.Equal("pm-2", Decide(Vm(9), Size(1), [Pm(1), Pm(2)], [Vm(1).On("pm-1", Size(2)), Vm(2).On("pm-2", Size(1))], "spread").Host);

    [Fact]
    public void Spread_counts_VMs_before_room() =>
        Assert.Equal("pm-1", Decide(Vm(9), Size(1), [Pm(1, Size(64, 64, 64)), Pm(2)], [Vm(1).On("pm-1", Size(62, 64, 64)), Vm(2).On("pm-2", Size(0)), Vm(3).On("pm-2", Size(0))], "spread").Host);

    [Fact]
    public void Round_robin_starts_with_the_first_and_wraps_around()
    {
        EquatableArray<PhysicalMachine> pms = [Pm(1), Pm(2), Pm(3)];
        Assert.Equal("pm-1", Decide(Vm(9), Size(1), pms, [], "round-robin").Host);
        Assert.Equal("pm-1", Decide(Vm(9), Size(1), pms, [Vm(8).On("pm-3")], "round-robin").Host);
        Assert.Equal("pm-3", Decide(Vm(9), Size(1), pms, [Vm(8).On("pm-2"), Vm(7).On("pm-1")], "round-robin").Host);
        Assert.Equal("pm-2", Decide(Vm(9), Size(1), pms, [Vm(8).On("gone"), Vm(7).On("pm-1")], "round-robin").Host);
    }

    [Fact]
    public void Random_reaches_all_hosts_about_equally_and_the_same_VM_always_the_same_one()
    {
        EquatableArray<PhysicalMachine> pms = [Pm(1), Pm(2), Pm(3), Pm(4)];
        var chosen = Enumerable.Range(1, 400).Select(id => Decide(Vm(id), Size(1), pms, [], "random").Host!).ToList();
        Assert.All(chosen.CountBy(host => host, StringComparer.Ordinal), count => Assert.InRange(count.Value, 60, 140));
        Assert.Equal(4, chosen.Distinct(StringComparer.Ordinal).Count());
        Assert.Equal(chosen, Enumerable.Range(1, 400).Select(id => Decide(Vm(id), Size(1), pms.Reverse(), [], "random").Host!), StringComparer.Ordinal);
    }

    [Fact]
    public void Ids_order_hosts_by_number_not_by_name() =>
        Assert.Equal("pm-9", Decide(Vm(1), Size(1), [Pm(10), Pm(9)], []).Host);

    [Fact]
    public void The_VM_then_its_namespace_then_the_configuration_says_which_policy()
    {
        var policies = Policies(new() { Policy = "best-fit", Namespaces = { ["team"] = "first-fit" } });
        var inTeam = Vm(1) with { Metadata = Vm(1).Metadata with { Namespace = "team" } };
        Assert.Equal("best-fit", policies.NameFor(Vm(1)));
        Assert.Equal("first-fit", policies.NameFor(inTeam));
        Assert.Equal("random", policies.NameFor(inTeam with { Spec = new() { Placement = new() { Policy = "random" } } }));
    }

    [Fact]
    public void An_unknown_policy_of_a_VM_is_the_reason_it_stays_unplaced()
    {
        var decision = Placement.Decide(new(Vm(1, new() { Policy = "sprad" }), Size(1)), Fleet.Of([Pm(1)], []), Policies());
        Assert.Null(decision.Host);
        Assert.Equal(PlacementDecision.UnknownPolicy, decision.Reason);
        Assert.StartsWith("there is no placement policy named 'sprad'; there are best-fit, first-fit, ", decision.Summary, StringComparison.Ordinal);
    }

    [Fact]
    public void All_errors_of_a_configuration_are_told_at_once()
    {
        var (policies, errors) = PlacementPolicies.From(new()
        {
            Policy = "sprad",
            Weighted =
            {
                ["spread"] = Weights(("free-cpu", 1)),
                ["no name!"] = Weights(("free-cpu", 1)),
                ["empty"] = Weights(),
                ["mine"] = Weights(("fre-cpu", 1), ("free-disk", 0), ("free-memory", double.NaN), ("spread", double.PositiveInfinity)),
            },
            Namespaces = { ["team"] = "none", ["ok"] = "random", ["told-above"] = "mine" },
        });
        Assert.Null(policies);
        EquatableArray<string> fields =
        [
            "weighted[spread]", "weighted[no name!]", "weighted[empty]", "weighted[mine][fre-cpu]", "weighted[mine][free-disk]",
            "weighted[mine][free-memory]", "weighted[mine][spread]", "policy", "namespaces[team]",
        ];
        Assert.Equal(fields, [.. errors.Select(error => error.Field)]);
    }

    private static Dictionary<string, double> Weights(params (string Score, double Weight)[] weights) => weights.ToDictionary(StringComparer.Ordinal);
}
