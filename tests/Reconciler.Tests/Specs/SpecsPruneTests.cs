using Orchestrator.Model;
using Orchestrator.Reconciler.Specs;
using static Orchestrator.Reconciler.Tests.Specs.SpecsWorld;

namespace Orchestrator.Reconciler.Tests.Specs;

/// <summary>Stories of what goes when files go, and of what must not.</summary>
public sealed class SpecsPruneTests
{
    [Fact]
    public async Task A_truncated_file_that_can_be_read_deletes_nothing_until_it_has_been_quiet()
    {
        await using var world = await StartAsync();
        world.Write("all.yaml", Type("a") + Type("b"));
        await world.SettleAsync();

        world.Write("all.yaml", Type("a"));
        var soon = await world.LookAsync();
        Assert.Equal("a:1 b:1", await world.ShowAsync());
        Assert.True(soon <= world.Options.Quiet);

        world.Write("all.yaml", Type("a") + Type("b"));
        await world.SettleAsync();
        Assert.Equal("a:1 b:1", await world.ShowAsync());
    }

    [Fact]
    public async Task An_emptied_file_deletes_nothing_a_file_of_comments_does()
    {
        await using var world = await StartAsync();
        world.Write("a.yaml", Type("a"));
        await world.SettleAsync();
        foreach (var empty in new[] { "", "\n \n", "\0\0\0\0" })
        {
            world.Write("a.yaml", empty);
            await world.SettleAsync();
            Assert.Equal("a:1", await world.ShowAsync());
            Assert.NotEmpty(world.Errors.Concat(world.Sync.Status.Held));
        }

        world.Write("a.yaml", "# " + Type("a").ReplaceLineEndings("\n# "));
        await world.SettleAsync();
        Assert.Equal("", await world.ShowAsync());
    }

    [Fact]
    public async Task A_file_removed_while_the_server_was_off_takes_its_objects_along()
    {
        await using var world = await StartAsync();
        world.Write("a.yaml", Type("a"));
        world.Write("b.yaml", Type("b"));
        await world.SettleAsync();
        world.Delete("b.yaml");
        world.Restart();
        await world.SettleAsync();
        Assert.Equal("a:1", await world.ShowAsync());
    }

    [Fact]
    public async Task A_renamed_file_keeps_its_objects_and_what_users_changed_in_them()
    {
        await using var world = await StartAsync();
        world.Write("a.yaml", Type("a"));
        await world.SettleAsync();
        var uid = await world.UidAsync("a");
        await world.ChangeAsync(ResourceTypes.InstanceTypes, "a", stored => (InstanceType)stored with { Spec = ((InstanceType)stored).Spec with { Cpu = 3 } });

        world.Move("a.yaml", "moved/a.yaml");
        await world.SettleAsync();
        Assert.Equal("a:3", await world.ShowAsync());
        Assert.Equal(uid, await world.UidAsync("a"));
        Assert.Equal("moved/a.yaml", (await world.GetAsync(ResourceTypes.InstanceTypes, "a"))!.Metadata.Annotations[SpecAnnotations.File]);

        world.Delete("moved/a.yaml");
        await world.SettleAsync();
        Assert.Equal("", await world.ShowAsync());
    }

    [Fact]
    public async Task A_document_that_moves_into_a_file_that_is_still_wrong_is_not_lost()
    {
        await using var world = await StartAsync();
        world.Write("a.yaml", Type("a") + Type("b"));
        await world.SettleAsync();
        world.Write("a.yaml", Type("a"));
        world.Write("new.yaml", Type("b") + "oops");
        await world.SettleAsync();
        Assert.Equal("a:1 b:1", await world.ShowAsync());
        Assert.Contains("specs/new.yaml is in error and may describe it", Assert.Single(world.Sync.Status.Held), StringComparison.Ordinal);

        world.Write("new.yaml", "# nothing\n");
        await world.SettleAsync();
        Assert.Equal("a:1", await world.ShowAsync());
    }

    [Fact]
    public async Task An_object_that_was_there_before_is_updated_but_never_deleted()
    {
        await using var world = await StartAsync();
        await world.Objects.CreateAsync(ResourceTypes.InstanceTypes, new InstanceType { Metadata = new() { Name = "a" }, Spec = new() { Cpu = 1, Memory = Quantity.FromMiB(1), Disk = Quantity.FromGiB(1) } }, CancellationToken.None);
        world.Write("a.yaml", Type("a", 5));
        await world.SettleAsync();
        Assert.Equal("a:5", await world.ShowAsync());
        world.Delete("a.yaml");
        await world.SettleAsync();
        Assert.Equal("a:5", await world.ShowAsync());
    }

    [Fact]
    public async Task A_copy_of_an_object_made_by_hand_is_not_taken_for_the_folders_own()
    {
        await using var world = await StartAsync();
        world.Write("a.yaml", Type("a"));
        await world.SettleAsync();
        var a = (await world.GetAsync(ResourceTypes.InstanceTypes, "a"))!;
        await world.Objects.CreateAsync(ResourceTypes.InstanceTypes, a with { Metadata = a.Metadata with { Name = "copy", ResourceVersion = null } }, CancellationToken.None);
        await world.SettleAsync();
        Assert.Equal("a:1 copy:1", await world.ShowAsync());
    }

    [Fact]
    public async Task Prune_keep_keeps()
    {
        await using var world = await StartAsync();
        world.Write("a.yaml", Type("a", more: "  annotations: {orchestrator.vm/prune: keep}\n"));
        await world.SettleAsync();
        world.Delete("a.yaml");
        await world.SettleAsync();
        Assert.Equal("a:1", await world.ShowAsync());
        Assert.Contains("orchestrator.vm/prune says so", Assert.Single(world.Sync.Status.Held), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_folder_that_vanishes_takes_nothing_along()
    {
        await using var world = await StartAsync();
        world.Write("a.yaml", Type("a"));
        await world.SettleAsync();
        Directory.Move(world.Folder, world.Folder + ".away");
        await world.SettleAsync();
        Assert.Equal("a:1", await world.ShowAsync());
        Assert.NotNull(world.Sync.Status.Problem);

        Directory.Move(world.Folder + ".away", world.Folder);
        await world.SettleAsync();
        Assert.Null(world.Sync.Status.Problem);
    }

    [Fact]
    public async Task All_files_gone_at_once_is_taken_for_a_lost_disk_until_they_are_back()
    {
        await using var world = await StartAsync();
        world.Write("a.yaml", Type("a"));
        world.Write("b.yaml", Type("b"));
        await world.SettleAsync();
        world.Delete("a.yaml", "b.yaml");
        await world.SettleAsync();
        world.Restart();
        await world.SettleAsync();
        Assert.Equal("a:1 b:1", await world.ShowAsync());
        Assert.Contains("all files that had created objects are gone (a.yaml, b.yaml)", world.Sync.Status.Problem, StringComparison.Ordinal);

        world.Write("c.yaml", Type("c"));
        await world.SettleAsync();
        Assert.Equal("a:1 b:1 c:1", await world.ShowAsync());

        world.Write("a.yaml", Type("a"));
        await world.SettleAsync();
        Assert.Equal("a:1 b:1 c:1", await world.ShowAsync());
        world.Write("b.yaml", "# really gone\n");
        await world.SettleAsync();
        Assert.Equal("a:1 c:1", await world.ShowAsync());
        Assert.Null(world.Sync.Status.Problem);
    }

    [Fact]
    public async Task All_files_renamed_at_once_are_no_lost_disk()
    {
        await using var world = await StartAsync();
        world.Write("a.yaml", Type("a"));
        world.Write("b.yaml", Type("b"));
        await world.SettleAsync();
        world.Move("a.yaml", "x/a.yaml");
        world.Move("b.yaml", "x/b.yaml");
        await world.SettleAsync();
        Assert.Equal("a:1 b:1", await world.ShowAsync());
        Assert.Null(world.Sync.Status.Problem);
    }
}
