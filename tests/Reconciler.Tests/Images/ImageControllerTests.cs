using Orchestrator.Model;
using Orchestrator.Planning;

namespace Orchestrator.Reconciler.Tests.Images;

public sealed class ImageControllerTests : IDisposable
{
    private readonly ImageFiles _files = new();

    public void Dispose() => _files.Dispose();

    [Fact]
    public async Task An_images_status_says_what_it_is_and_then_nothing_more_is_written()
    {
        await using var workshop = await Workshop.OpenAsync();
        var file = _files.Qcow2("debian-12.qcow2", size: 4UL << 30);
        await workshop.WriteAsync(new Image { Metadata = new() { Name = "debian" }, Spec = new() { Source = file } });
        Assert.Equal(Verdict.Settled, await ReconcileAsync(workshop));
        var status = (await ImageAsync(workshop)).Status;
        Assert.Equal((ImagePhase.Ready, file, DiskFormat.Qcow2, 512, 4L << 30), (status.Phase, status.File, status.Format, status.SizeBytes, status.VirtualSizeBytes));
        Assert.Equal("Qcow2, a disk of 4Gi", status.Condition(MachineReport.Ready)!.Message);

        var before = workshop.Revision;
        workshop.Time.Advance(TimeSpan.FromHours(1));
        await ReconcileAsync(workshop);
        Assert.Equal(before, workshop.Revision);
    }

    [Fact]
    public async Task An_image_that_cannot_be_used_says_why_is_tried_again_and_recovers()
    {
        await using var workshop = await Workshop.OpenAsync();
        await workshop.WriteAsync(new Image { Metadata = new() { Name = "debian" }, Spec = new() { Source = _files["later.img"] } });
        Assert.Equal(Verdict.Retry, await ReconcileAsync(workshop));
        var failed = (await ImageAsync(workshop)).Status;
        Assert.Equal((ImagePhase.Failed, "Unusable", ConditionStatus.False), (failed.Phase, failed.Condition(MachineReport.Ready)!.Reason, failed.Condition(MachineReport.Ready)!.Status));

        _files.Raw("later.img", 1000);
        Assert.Equal(Verdict.Settled, await ReconcileAsync(workshop));
        Assert.Equal(ImagePhase.Ready, (await ImageAsync(workshop)).Status.Phase);
    }

    [Fact]
    public async Task A_changed_file_is_a_new_volume_and_a_vanished_one_a_failure_that_keeps_what_was_known()
    {
        await using var workshop = await Workshop.OpenAsync();
        await workshop.WriteAsync(new Image { Metadata = new() { Name = "debian" }, Spec = new() { Source = _files.Raw("disk.img", 1000) } });
        await ReconcileAsync(workshop);
        var first = (await ImageAsync(workshop)).Status.Volume;
        _files.Raw("disk.img", 2000);
        await ReconcileAsync(workshop);
        var second = (await ImageAsync(workshop)).Status.Volume;
        Assert.NotEqual(first, second, StringComparer.Ordinal);

        File.Delete(_files["disk.img"]);
        Assert.Equal(Verdict.Retry, await ReconcileAsync(workshop));
        var status = (await ImageAsync(workshop)).Status;
        Assert.Equal((ImagePhase.Failed, second), (status.Phase, status.Volume));
    }

    [Fact]
    public async Task An_image_that_is_gone_is_no_business_of_anybody()
    {
        await using var workshop = await Workshop.OpenAsync();
        Assert.Equal(Verdict.Settled, await ReconcileAsync(workshop));
    }

    private async Task<Verdict> ReconcileAsync(Workshop workshop) =>
        await new ImageController(workshop.Records, _files.Library, workshop.Events, workshop.Time).ReconcileAsync("debian", 0, default);

    private static async Task<Image> ImageAsync(Workshop workshop) => (await workshop.Records.Images.GetAsync("debian", default))!;
}
