using FsCheck;
using FsCheck.Fluent;

namespace Orchestrator.Model.Tests;

public class ValuesTests
{
    private static readonly StringMap _ab = new([new("b", "2"), new("a", "1")]);

    [Fact]
    public void Lists_are_equal_by_their_items()
    {
        EquatableArray<string> one = ["a", "b"], same = ["a", "b"], turned = ["b", "a"];
        Assert.True(one == same && one.Equals((object)same) && one.GetHashCode() == same.GetHashCode());
        Assert.True(one != turned && one != ["a"] && !one.Equals(null));
        Assert.True(default(EquatableArray<string>) == [] && default(EquatableArray<string>).GetHashCode() == ((EquatableArray<string>)[]).GetHashCode());
        Assert.Equal("[a, b]", one.ToString());
        Assert.Empty(default(EquatableArray<string>));
    }

    [Fact]
    public void A_list_does_not_change_with_the_array_it_was_made_from()
    {
        var source = new[] { "a" };
        EquatableArray<string> list = [.. source];
        source[0] = "b";
        Assert.Equal("a", list[0]);
        Assert.Throws<IndexOutOfRangeException>(() => list[1]);
    }

    [Fact]
    public void Records_with_lists_and_maps_are_equal_by_value()
    {
        Assert.Equal(Placement(), Placement());
        Assert.Equal(Placement().GetHashCode(), Placement().GetHashCode());
        Assert.NotEqual(Placement(), Placement() with { NodeSelector = default });

        static VmPlacement Placement() => new() { NodeSelector = new([new("a", "1")]), Tolerations = [new() { Key = "k" }] };
    }

    [Fact]
    public void Maps_are_equal_whatever_the_order_and_history()
    {
        StringMap other = StringMap.Empty.With("a", "0").With("c", "3").With("b", "2").With("a", "1").Without("c").Without("never");
        Assert.True(_ab == other && _ab.GetHashCode() == other.GetHashCode());
        Assert.True(_ab != _ab.With("a", "x") && _ab != _ab.Without("a") && _ab != _ab.With("A", "1"));
        Assert.True(default == new StringMap([]) && default(StringMap).GetHashCode() == new StringMap([]).GetHashCode());
        Assert.Equal("a=1,b=2", _ab.ToString());
    }

    [Fact]
    public void Maps_look_up_by_exact_key()
    {
        Assert.Equal("1", _ab["a"]);
        Assert.False(_ab.ContainsKey("A"));
        Assert.False(default(StringMap).TryGetValue("a", out _));
        Assert.Throws<KeyNotFoundException>(() => default(StringMap)["a"]);
    }

    [Fact]
    public void A_map_includes_what_it_has_with_the_same_values()
    {
        Assert.True(_ab.Includes(_ab) && _ab.Includes(default) && _ab.Includes(_ab.Without("a")) && default(StringMap).Includes(default));
        Assert.False(_ab.Includes(_ab.With("c", "3")) || _ab.Includes(_ab.With("a", "2")) || default(StringMap).Includes(_ab));
    }

    [Fact]
    public void Maps_with_and_without() => Prop.ForAll(Generated.Map.ToArbitrary(), map =>
        map.With("key", "v").Without("key") == map.Without("key") && map.With("key", "v")["key"] == "v" && map.With("key", "v").Includes(map.Without("key"))).QuickCheckThrowOnFailure();

    [Fact]
    public void A_condition_keeps_its_time_until_its_status_changes()
    {
        var (first, later) = (DateTimeOffset.UnixEpoch, DateTimeOffset.UnixEpoch.AddHours(1));
        Condition ready = new() { Type = "Ready", Status = ConditionStatus.True, Reason = "R" };
        EquatableArray<Condition> conditions = default(EquatableArray<Condition>).Set(new() { Type = "Other", Status = ConditionStatus.True, Reason = "O" }, first).Set(ready, first);
        Assert.Equal(conditions, conditions.Set(ready, later));
        var reason = conditions.Set(ready with { Reason = "New" }, later)[1];
        Assert.Equal((first, "New"), (reason.LastTransitionTime, reason.Reason));
        Assert.Equal(later, conditions.Set(ready with { Status = ConditionStatus.False }, later)[1].LastTransitionTime);
        Assert.Equal(["Other"], conditions.Remove("Ready").Select(condition => condition.Type), StringComparer.Ordinal);
        Assert.Equal(conditions, conditions.Remove("None"));
    }
}
