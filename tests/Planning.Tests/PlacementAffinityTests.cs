using Orchestrator.Model;
using static Orchestrator.Planning.Tests.PlacementWorld;

namespace Orchestrator.Planning.Tests;

/// <summary>Near and away: PMs 1 and 2 are in zone a, 3 is in zone b, 4 in none. A web VM is on 1, a db VM on 3.</summary>
public class PlacementAffinityTests
{
    private static readonly EquatableArray<PhysicalMachine> _pms = [Pm(1).Labelled(("zone", "a")), Pm(2).Labelled(("zone", "a")), Pm(3).Labelled(("zone", "b")), Pm(4)];
    private static readonly VirtualMachine _web = Vm(1, null, ("app", "web")).On("pm-1");
    private static readonly VirtualMachine _db = Vm(2, null, ("app", "db")).On("pm-3");

    [Theory]
    [InlineData("near web", "1")]
    [InlineData("near web in zone", "1 2")]
    [InlineData("near db in zone", "3")]
    [InlineData("near nobody", "")]
    [InlineData("away web", "2 3 4")]
    [InlineData("away web in zone", "3 4")]
    [InlineData("away nobody", "1 2 3 4")]
    [InlineData("near web in zone, away web", "2")]
    [InlineData("near web, away web", "")]
    public void Terms_open_and_close_hosts(string terms, string expected) => Assert.Equal(expected, Feasible(Asking(terms), _web, _db));

    [Theory]
    [InlineData("near self", "1 2 3 4")]
    [InlineData("near self in zone", "1 2 3")]
    public void The_first_of_a_group_may_go_anywhere_its_term_makes_sense(string terms, string expected) =>
        Assert.Equal(expected, Feasible(Asking(terms), _web, _db));

    [Fact]
    public void Others_requirements_hold_for_the_newcomer_too()
    {
        var shy = (Asking("away self in zone") with { Metadata = new() { Name = "shy", Namespace = "default", Labels = Labels(("app", "other")) } }).On("pm-2");
        Assert.Equal("3 4", Feasible(Vm(9, null, ("app", "self")), shy));
        Assert.Equal("1 2 3 4", Feasible(Vm(9, null, ("app", "web")), shy));
        var decision = Decide(Vm(9, null, ("app", "self")), Size(1), _pms, [shy]);
        Assert.Contains(new Rejection("pm-1", "KeptAwayByOthers", "default/shy is there and must not be near to it"), decision.Rejections);
    }

    [Fact]
    public void Wishes_close_nothing()
    {
        var shy = Wishing(Asking("away self")).On("pm-2");
        Assert.Equal("1 2 3 4", Feasible(Vm(9, null, ("app", "self")), shy));
        Assert.Equal("1 2 3 4", Feasible(Wishing(Asking("away web in zone, near nobody")), _web));
    }

    [Theory]
    [InlineData("near db", "pm-3")]
    [InlineData("near db in zone", "pm-3")]
    [InlineData("away web", "pm-2")]
    [InlineData("away web in zone", "pm-3")]
    [InlineData("near web in zone, away web", "pm-2")]
    [InlineData("near nobody", "pm-1")]
    public void Wishes_come_before_the_policy(string terms, string expected) =>
        Assert.Equal(expected, Decide(Wishing(Asking(terms)), Size(1), _pms, [_web, _db]).Host);

    [Fact]
    public void Other_namespaces_and_the_VM_itself_do_not_matter()
    {
        var elsewhere = _web with { Metadata = _web.Metadata with { Namespace = "team" } };
        Assert.Equal("1 2 3 4", Feasible(Asking("away web"), elsewhere));
        Assert.Equal("", Feasible(Asking("near web"), elsewhere));
        Assert.Equal("1 2 3 4", Feasible(Asking("away self"), Asking("away self").On("pm-1")));
    }

    [Fact]
    public void A_VM_being_deleted_is_no_company_but_still_in_the_way()
    {
        var leaving = _web with { Metadata = _web.Metadata with { DeletionTimestamp = DateTimeOffset.UnixEpoch } };
        Assert.Equal("", Feasible(Asking("near web"), leaving));
        Assert.Equal("2 3 4", Feasible(Asking("away web"), leaving));
    }

    [Fact]
    public void Messages_name_the_labels()
    {
        var rejections = Decide(Asking("near db in zone, away web"), Size(1), _pms, [_web, _db]).Rejections;
        Assert.Contains(new Rejection("pm-1", "AffinityUnmet", "no VM with app=db is there"), rejections);
        Assert.Contains(new Rejection("pm-1", "AntiAffinityUnmet", "a VM with app=web is there"), rejections);
        Assert.Contains(new Rejection("pm-4", "AffinityUnmet", "lacks the label zone"), rejections);
    }

    private static string Feasible(VirtualMachine vm, params VirtualMachine[] bound)
    {
        var rejected = Decide(vm, Size(1), _pms, bound).Rejections.Select(rejection => rejection.Host).ToHashSet(StringComparer.Ordinal);
        return string.Join(' ', _pms.Where(pm => !rejected.Contains(pm.Metadata.Name)).Select(pm => pm.Status.Id));
    }

    /// <summary>Reads "near web in zone, away db" as the terms of a VM that is itself labelled app=self.</summary>
    private static VirtualMachine Asking(string terms)
    {
        var parsed = terms.Split(", ").Select(term => term.Split(' ')).ToLookup(
            words => words[0],
            words => new AffinityTerm { MatchLabels = Labels(("app", words[1])), TopologyKey = words.Length > 2 ? words[3] : null },
            StringComparer.Ordinal);
        return Vm(9, new() { Affinity = [.. parsed["near"]], AntiAffinity = [.. parsed["away"]] }, ("app", "self"));
    }

    private static VirtualMachine Wishing(VirtualMachine vm) => vm with
    {
        Spec = vm.Spec with
        {
            Placement = new()
            {
                Affinity = [.. vm.Spec.Placement!.Affinity.Select(term => term with { Required = false })],
                AntiAffinity = [.. vm.Spec.Placement!.AntiAffinity.Select(term => term with { Required = false })],
            },
        },
    };
}
