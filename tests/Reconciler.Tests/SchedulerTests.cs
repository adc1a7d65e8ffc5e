using Orchestrator.Model;
using Orchestrator.Planning;

namespace Orchestrator.Reconciler.Tests;

public sealed class SchedulerTests
{
    private static readonly Resources _room = new() { Cpu = 4, MemoryMiB = 600, DiskGiB = 10 };

    [Fact]
    public async Task Placed_one_after_another_machines_never_get_the_same_room()
    {
        await using var workshop = await Workshop.OpenAsync();
        await workshop.WriteMachineAsync("pm1", _room);
        await workshop.WriteMachineAsync("pm2", _room);
        foreach (var name in new[] { "a", "b", "c", "d", "e" })
        {
            await workshop.WriteVmAsync(name);
            await PlaceAsync(workshop, name);
        }

        var vms = (await workshop.Records.VirtualMachines.ListAsync("", default)).Items;
        Assert.Equal([("pm1", 2), ("pm2", 2)], vms.Where(vm => vm.Status.Host is not null).CountBy(vm => vm.Status.Host!, StringComparer.Ordinal).Select(count => (count.Key, count.Value)).Order());
        Assert.All(vms.Where(vm => vm.Status.Host is not null), vm => Assert.Equal(new() { Cpu = 2, MemoryMiB = 256, DiskGiB = 2 }, vm.Status.Reserved));
    }

    [Fact]
    public async Task A_machine_that_fits_nowhere_is_told_why_for_each_host_and_only_once()
    {
        await using var workshop = await Workshop.OpenAsync();
        await workshop.WriteMachineAsync("pm1", _room);
        await workshop.WriteMachineAsync("pm2", _room with { MemoryMiB = 100 });
        await workshop.WriteVmAsync("big", spec => spec with { Cpu = 2, Memory = Quantity.FromMiB(2000) });
        Assert.Equal(Verdict.Settled, await PlaceAsync(workshop, "big"));
        var told = (await workshop.VmAsync("big")).Status;
        Assert.Equal((VmPhase.Pending, null, PlacementDecision.Unschedulable), (told.Phase, told.Host, told.Condition(MachineReport.Scheduled)!.Reason));
        Assert.Contains("pm1: needs 2000 MiB of memory, 600 of 600 are free", told.Condition(MachineReport.Scheduled)!.Message, StringComparison.Ordinal);
        Assert.Contains("pm2: needs 2000 MiB of memory, 100 of 100 are free", told.Condition(MachineReport.Scheduled)!.Message, StringComparison.Ordinal);

        var before = workshop.Revision;
        await PlaceAsync(workshop, "big");
        Assert.Equal(before, workshop.Revision);
    }

    [Fact]
    public async Task A_machine_that_was_bound_meanwhile_keeps_its_host()
    {
        await using var workshop = await Workshop.OpenAsync();
        await workshop.WriteMachineAsync("pm1", _room);
        var stale = await workshop.WriteVmAsync("web");
        await Records.ChangeAsync(workshop.Records.VirtualMachines, "default/web", stale.Metadata.Uid, vm => vm with { Status = vm.Status with { Host = "elsewhere" } }, default);
        await Scheduler(workshop).PlaceAsync("default/web", stale, default);
        Assert.Equal("elsewhere", (await workshop.VmAsync("web")).Status.Host);
    }

    [Theory]
    [InlineData("type", "InstanceTypeMissing", "there is no instance type named 'type'")]
    [InlineData(null, "ImageMissing", "there is no image named 'debian'")]
    public async Task A_machine_waits_for_what_it_names(string? type, string reason, string message)
    {
        await using var workshop = await Workshop.OpenAsync();
        await workshop.WriteMachineAsync("pm1", _room);
        await workshop.WriteVmAsync("web", spec => spec with { InstanceType = type, Image = "debian" });
        await PlaceAsync(workshop, "web");
        var told = (await workshop.VmAsync("web")).Status.Condition(MachineReport.Scheduled)!;
        Assert.Equal((reason, message), (told.Reason, told.Message));
    }

    [Fact]
    public async Task A_machine_waits_for_its_image_to_be_ready_and_is_told_what_is_wrong_with_it()
    {
        await using var workshop = await Workshop.OpenAsync();
        await workshop.WriteMachineAsync("pm1", _room);
        var image = await workshop.WriteAsync(new Image { Metadata = new() { Name = "debian" }, Spec = new() { Source = "/no/such.qcow2" } });
        await workshop.WriteVmAsync("web", spec => spec with { Image = "debian" });
        await PlaceAsync(workshop, "web");
        Assert.Equal("waits for image 'debian'", (await workshop.VmAsync("web")).Status.Condition(MachineReport.Ready)!.Message);

        await new ImageController(workshop.Records, new(Path.Combine(workshop.Folder, "cache"), TimeSpan.FromMinutes(1), workshop.Time), workshop.Events, workshop.Time).ReconcileAsync("debian", 0, default);
        await PlaceAsync(workshop, "web");
        Assert.Equal("image 'debian' cannot be used: there is no file /no/such.qcow2 on this machine", (await workshop.VmAsync("web")).Status.Condition(MachineReport.Ready)!.Message);

        await Records.ChangeAsync(workshop.Records.Images, "debian", image.Metadata.Uid, known => known with { Status = known.Status with { Phase = ImagePhase.Ready, Volume = "image-1", Format = DiskFormat.Qcow2 } }, default);
        await PlaceAsync(workshop, "web");
        var placed = (await workshop.VmAsync("web")).Status;
        Assert.Equal(("pm1", "image-1", DiskFormat.Qcow2), (placed.Host, placed.RootDisk!.Base, placed.RootDisk.BaseFormat));
    }

    private static Scheduler Scheduler(Workshop workshop) => new(workshop.Records, PlacementPolicies.From(new()).Policies!, workshop.Events, workshop.Time);

    private static async Task<Verdict> PlaceAsync(Workshop workshop, string vm) =>
        await Scheduler(workshop).PlaceAsync($"default/{vm}", await workshop.VmAsync(vm), default);
}
