using Orchestrator.Model;
using Orchestrator.Planning;

namespace Orchestrator.Testing.Simulation;

/// <content>The storage folder: images and disks.</content>
public abstract partial class HostContract
{
    private const long GiB = 1L << 30;

    [Fact]
    public async Task Storage_that_was_prepared_is_active_and_marked_also_when_prepared_twice()
    {
        await Do(new PrepareStorage(Host, StoragePath, MayMark: true));
        Assert.Equal(new ObservedStorage(Active: true, Marked: true), (await Observer.ObserveHostAsync(Host, default)).Storage);
    }

    [Fact]
    public async Task A_disk_is_made_once_grows_never_shrinks_and_goes()
    {
        var machine = Machine();
        var disk = Disk(machine, GiB);
        await Do(new CreateDisk(Host, disk));
        await Do(new CreateDisk(Host, disk with { SizeBytes = 3 * GiB }));
        Assert.Equal(GiB, (await LookAsync(machine)).DiskBytes);

        await Do(new GrowDisk(Host, machine.Id, disk with { SizeBytes = 2 * GiB }, GiB, Running: false));
        await Do(new GrowDisk(Host, machine.Id, disk with { SizeBytes = 2 * GiB }, GiB, Running: false));
        Assert.Equal(2 * GiB, (await LookAsync(machine)).DiskBytes);
        await Do(new GrowDisk(Host, machine.Id, disk with { SizeBytes = GiB }, 2 * GiB, Running: false));
        Assert.Equal(2 * GiB, (await LookAsync(machine)).DiskBytes);

        await Do(new RemoveDisk(Host, machine.Id, disk.Volume));
        await Do(new RemoveDisk(Host, machine.Id, disk.Volume));
        Assert.Null((await LookAsync(machine)).DiskBytes);
    }

    [Fact]
    public async Task A_running_guests_disk_grows_under_it()
    {
        var machine = WithDisk(Machine());
        var disk = Disk(machine, GiB);
        await Do(new CreateDisk(Host, disk));
        await RunningAsync(machine);
        await Do(new GrowDisk(Host, machine.Id, disk with { SizeBytes = 2 * GiB }, GiB, Running: true));
        var seen = await LookAsync(machine);
        Assert.Equal(2 * GiB, seen.DiskBytes);
        Assert.Equal(machine.Disks, seen.Domain!.Config!.Disks);
    }

    [Fact]
    public async Task A_disk_stays_while_its_domain_is_there()
    {
        var machine = WithDisk(Machine());
        var disk = Disk(machine, GiB);
        await Do(new CreateDisk(Host, disk));
        await DefinedAsync(machine);
        await RefusedAsync(new RemoveDisk(Host, machine.Id, disk.Volume));
        Assert.Equal(GiB, (await LookAsync(machine)).DiskBytes);
    }

    [Fact]
    public async Task A_disk_file_removed_by_hand_is_missed_and_nothing_starts_without_it()
    {
        var machine = WithDisk(Machine());
        var disk = Disk(machine, GiB);
        await Do(new CreateDisk(Host, disk));
        await DefinedAsync(machine);
        await RemoveFileByHandAsync(disk.Volume);
        Assert.Null((await LookAsync(machine)).DiskBytes);
        await RefusedAsync(new StartDomain(Host, machine.Id, "new"));
        Assert.Equal(DomainState.Off, (await LookAsync(machine)).Domain!.State);

        await Do(new CreateDisk(Host, disk));
        Assert.Equal(GiB, (await LookAsync(machine)).DiskBytes);
        await Do(new StartDomain(Host, machine.Id, "new"));
    }

    [Fact]
    public async Task An_image_is_ready_once_it_is_there_and_disks_start_from_it()
    {
        var machine = WithDisk(Machine());
        var image = NewImage();
        var disk = Disk(machine, Math.Max(GiB, image.VirtualSizeBytes)) with { Base = image };
        Assert.False((await LookAsync(machine, image.Volume)).ImageReady);
        await RefusedAsync(new CreateDisk(Host, disk));

        await Do(new UploadImage(Host, image));
        await Do(new UploadImage(Host, image));
        Assert.True((await LookAsync(machine, image.Volume)).ImageReady);
        await Do(new CreateDisk(Host, disk));
        Assert.Equal(disk.SizeBytes, (await LookAsync(machine, image.Volume)).DiskBytes);
        await RunningAsync(machine with { BaseDisk = new("", $"{StoragePath}/{image.Volume}", image.Format) });
    }

    private DomainSpec WithDisk(DomainSpec machine) =>
        machine with { Disks = [new("vda", $"{StoragePath}/{Volume(machine)}", DiskFormat.Qcow2)] };

    private RootDisk Disk(DomainSpec machine, long bytes)
    {
        _disks.Add(Volume(machine));
        return new(Volume(machine), bytes, null);
    }
}
