using Orchestrator.Model;
using static Orchestrator.Planning.Tests.PlacementWorld;

namespace Orchestrator.Planning.Tests;

public class PlacementFleetTests
{
    private static readonly InstanceType _small = new()
    {
        Metadata = new() { Name = "small" },
        Spec = new() { Cpu = 2, Memory = Quantity.Parse("512Mi"), Disk = Quantity.Parse("1Gi") },
    };

    [Theory]
    [InlineData("small", null, null, null, "2 512 1")]
    [InlineData("small", 4, null, null, "4 512 1")]
    [InlineData("small", null, "1Gi", "5G", "2 1024 5")]
    [InlineData(null, 1, "1", "1", "1 1 1")]
    [InlineData(null, 1, "1048577", "0", "1 2 0")]
    [InlineData(null, 1, "1Mi", null, null)]
    public void Sizes_are_resolved_and_rounded_up(string? type, int? cpu, string? memory, string? disk, string? expected)
    {
        var vm = Vm(1) with
        {
            Spec = new() { InstanceType = type, Cpu = cpu, Memory = memory is null ? null : Quantity.Parse(memory), Disk = disk is null ? null : Quantity.Parse(disk) },
        };
        var size = MachineSize.Resolve(vm, type is null ? null : _small, out var reason);
        Assert.Equal(expected, size is null ? null : $"{size.Cpu} {size.MemoryMiB} {size.DiskGiB}");
        Assert.Equal(size is null, reason.Length > 0);
    }

    [Fact]
    public void A_type_that_is_not_there_is_the_reason()
    {
        Assert.Null(MachineSize.Resolve(Vm(1) with { Spec = new() { InstanceType = "small", Cpu = 1 } }, null, out var reason));
        Assert.Equal("there is no instance type named 'small'", reason);
    }

    [Fact]
    public void Free_is_capacity_without_what_is_taken_and_never_negative()
    {
        var pm = Pm(1, Size(4, 4096, 100));
        pm = pm with { Spec = pm.Spec with { Overcommit = new() { Cpu = 2 } }, Status = pm.Status with { Foreign = Size(1, 1024, 0) } };
        var member = Fleet.Of([pm], [Vm(1).On("pm-1", Size(4, 1024, 3)), Vm(2).On("pm-2", Size(1))]).Members.Single();
        Assert.Equal(Size(4, 1024, 3), member.Committed);
        Assert.Equal(Size(0, 2048, 97), member.Free);
        Assert.Equal(Size(3, 2048, 97), member.Room);
        Assert.Null(Fleet.Of([pm with { Status = new() }], []).Members.Single().Free);
    }

    [Fact]
    public void The_newest_VM_has_the_greatest_id_whatever_the_order_of_binding()
    {
        var fleet = Fleet.Of([Pm(1), Pm(2)], [Vm(3).On("pm-1"), Vm(1).On("pm-2")]);
        Assert.Equal(3, fleet.Newest!.Status.Id);
        Assert.Equal(3, fleet.With(Vm(2).On("pm-2")).Newest!.Status.Id);
        Assert.Equal(4, fleet.With(Vm(4).On("pm-2")).Newest!.Status.Id);
        Assert.Same(fleet, fleet.With(Vm(4).On("gone")));
    }

    [Fact]
    public void A_thousand_VMs_find_their_place_quickly()
    {
        VmPlacement alone = new() { AntiAffinity = [new() { MatchLabels = Labels(("app", "a")), TopologyKey = "rack" }] };
        var fleet = Fleet.Of(Enumerable.Range(1, 100).Select(id => Pm(id).Labelled(("rack", $"r{id}"))), []);
        var wanted = Enumerable.Range(1, 1000).Select(id => new Wanted(Vm(id, id % 10 == 0 ? alone : null, ("app", id % 10 == 0 ? "a" : "b")), Size(1, 512, 1)));
        var started = TimeProvider.System.GetTimestamp();
        var placed = PlaceAll(fleet, wanted, Policy("spread"));
        Assert.Equal(1000, placed.Members.Sum(member => member.Vms.Count));
        Assert.True(TimeProvider.System.GetElapsedTime(started) < TimeSpan.FromSeconds(10), "some hundred milliseconds on an idle core");
    }
}
