using Orchestrator.Model;
using Orchestrator.Reconciler.Specs;
using static Orchestrator.Reconciler.Tests.Specs.SpecsWorld;

namespace Orchestrator.Reconciler.Tests.Specs;

/// <summary>Stories of operators and their specs folder, with real files and the real store.</summary>
public sealed class SpecsSyncTests
{
    [Fact]
    public async Task Files_become_objects_change_them_and_take_them_along()
    {
        await using var world = await StartAsync();
        world.Write("types.yaml", Type("small") + Type("big", 4));
        world.Write("deep/er/vms.yml", Vm("web"));
        await world.SettleAsync();
        Assert.Equal("big:4 small:1 web", await world.ShowAsync());

        world.Write("types.yaml", Type("small", 2) + Type("big", 4));
        await world.LookAsync();
        Assert.Equal("big:4 small:2 web", await world.ShowAsync());

        world.Write("types.yaml", Type("small", 2));
        await world.SettleAsync();
        Assert.Equal("small:2 web", await world.ShowAsync());

        world.Delete("deep/er/vms.yml");
        await world.SettleAsync();
        Assert.Equal("small:2", await world.ShowAsync());
    }

    [Fact]
    public async Task Created_objects_know_their_file()
    {
        await using var world = await StartAsync();
        world.Write("a/b.yaml", Type("small"));
        await world.LookAsync();
        Assert.Equal("a/b.yaml", (await world.GetAsync(ResourceTypes.InstanceTypes, "small"))!.Metadata.Annotations[SpecAnnotations.File]);
        Assert.Equal(["InstanceType small"], world.Sync.Status.Files["a/b.yaml"].Objects);
    }

    [Fact]
    public async Task When_nothing_changes_nothing_is_written()
    {
        await using var world = await StartAsync();
        world.Write("all.yaml", Vm("web") + Type("small"));
        await world.SettleAsync();
        var revision = world.Revision;
        world.Restart();
        await world.SettleAsync();
        world.Write("all.yaml", "# a comment\n" + Vm("web") + Type("small"));
        await world.SettleAsync();
        Assert.Equal(revision, world.Revision);
        Assert.Equal(world.Options.Rescan, await world.LookAsync());
    }

    [Fact]
    public async Task Types_come_before_machines_wherever_they_stand()
    {
        await using var world = await StartAsync();
        world.Write("a.yaml", Vm("web"));
        world.Write("b.yaml", Type("small"));
        await world.LookAsync();
        var (type, vm) = (await world.GetAsync(ResourceTypes.InstanceTypes, "small"), await world.GetAsync(ResourceTypes.VirtualMachines, "web"));
        Assert.True(long.Parse(type!.Metadata.ResourceVersion!, null) < long.Parse(vm!.Metadata.ResourceVersion!, null));
    }

    [Fact]
    public async Task A_file_with_an_error_changes_nothing_and_says_where_it_is_wrong()
    {
        await using var world = await StartAsync();
        world.Write("all.yaml", Type("small") + Type("big"));
        await world.SettleAsync();

        world.Write("all.yaml", Type("small", 2) + "---\nkind: Nonsense\n");
        await world.SettleAsync();
        Assert.Equal("big:1 small:1", await world.ShowAsync());
        Assert.StartsWith("specs/all.yaml:8:1 apiVersion: Required value", Assert.Single(world.Errors), StringComparison.Ordinal);

        world.Write("all.yaml", Type("small", 2));
        await world.SettleAsync();
        Assert.Equal("small:2", await world.ShowAsync());
        Assert.Empty(world.Errors);
    }

    [Fact]
    public async Task What_the_server_refuses_is_reported_with_the_line_of_the_field()
    {
        await using var world = await StartAsync();
        world.Write("vm.yaml", Vm("web", spec: "  disk: 20Gi\n"));
        await world.SettleAsync();
        world.Write("vm.yaml", Vm("web", spec: "  disk: 10Gi\n") + Vm("other"));
        await world.SettleAsync();
        Assert.Equal(["specs/vm.yaml:8:3 spec.disk: Forbidden: a disk can grow but not shrink (20Gi to 10Gi)"], world.Errors.ToArray());
        Assert.Equal("other web", await world.ShowAsync());
    }

    [Fact]
    public async Task A_number_that_is_taken_is_reported_and_tried_again()
    {
        await using var world = await StartAsync();
        const string Id = "  annotations: {orchestrator.vm/id: \"7\"}\n";
        world.Write("a.yaml", Type("a", more: Id));
        world.Write("b.yaml", Type("b", more: Id));
        Assert.True(await world.LookAsync() < TimeSpan.FromSeconds(1));
        Assert.Contains("asks for the id 7, which is taken", Assert.Single(world.Errors), StringComparison.Ordinal);
        Assert.StartsWith("specs/b.yaml:2:1: InstanceType b: ", Assert.Single(world.Errors), StringComparison.Ordinal);
    }

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
    public async Task The_same_object_in_two_files_is_an_error_of_the_newcomer()
    {
        await using var world = await StartAsync();
        world.Write("m.yaml", Type("a"));
        await world.SettleAsync();
        world.Write("b.yaml", Type("a", 9) + Type("b"));
        await world.SettleAsync();
        Assert.Equal("a:1", await world.ShowAsync());
        Assert.Equal(["specs/b.yaml:2:1 metadata.name: InstanceType a is described twice: here and at specs/m.yaml:2:1"], world.Errors.ToArray());

        world.Delete("m.yaml");
        await world.SettleAsync();
        Assert.Equal("a:9 b:1", await world.ShowAsync());
    }

    [Fact]
    public async Task What_users_change_stays_until_the_document_is_edited()
    {
        await using var world = await StartAsync();
        world.Write("a.yaml", Type("a"));
        await world.SettleAsync();
        await world.ChangeAsync(ResourceTypes.InstanceTypes, "a", stored => (InstanceType)stored with { Spec = ((InstanceType)stored).Spec with { Cpu = 3 } });
        world.Restart();
        await world.SettleAsync();
        Assert.Equal("a:3", await world.ShowAsync());
        world.Write("a.yaml", Type("a", 2));
        await world.SettleAsync();
        Assert.Equal("a:2", await world.ShowAsync());
    }

    [Fact]
    public async Task What_users_delete_comes_back_while_the_file_says_so()
    {
        await using var world = await StartAsync();
        world.Write("vm.yaml", Vm("web"));
        await world.SettleAsync();
        var uid = (await world.GetAsync(ResourceTypes.VirtualMachines, "web"))!.Metadata.Uid;
        await world.Objects.DeleteAsync(ResourceTypes.VirtualMachines, "default", "web", uid!.Value, CancellationToken.None);
        await world.LookAsync();
        Assert.Equal("-web", await world.ShowAsync());
        await world.SettleAsync();
        Assert.Equal("web", await world.ShowAsync());
        Assert.NotEqual(uid, (await world.GetAsync(ResourceTypes.VirtualMachines, "web"))!.Metadata.Uid);
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

    [Fact]
    public async Task Only_yaml_files_of_the_folder_itself_count()
    {
        await using var world = await StartAsync();
        var outside = Path.Combine(Path.GetDirectoryName(world.Folder)!, "outside.yaml");
        await File.WriteAllTextAsync(outside, Type("outside"));
        foreach (var ignored in new[] { ".hidden.yaml", ".git/x.yaml", "a.yaml~", "a.yaml.swp", "a.yaml.tmp", "#a.yaml#", "README.md", "a.yaml.example" })
        {
            world.Write(ignored, Type("ignored"));
        }

        File.CreateSymbolicLink(Path.Combine(world.Folder, "out.yaml"), outside);
        File.CreateSymbolicLink(Path.Combine(world.Folder, "nowhere.yaml"), "gone.yaml");
        Directory.CreateSymbolicLink(Path.Combine(world.Folder, "loop"), ".");
        Directory.CreateDirectory(Path.Combine(world.Folder, "folder.yaml"));
        world.Write(".data/in.yaml", Type("in"));
        File.CreateSymbolicLink(Path.Combine(world.Folder, "in.yaml"), ".data/in.yaml");
        await world.SettleAsync();
        Assert.Equal("in:1", await world.ShowAsync());
        Assert.Null(world.Sync.Status.Problem);
    }

    [Fact]
    public async Task A_named_pipe_does_not_stop_the_world()
    {
        await using var world = await StartAsync();
        using (var mkfifo = System.Diagnostics.Process.Start("mkfifo", [Path.Combine(world.Folder, "pipe.yaml")]))
        {
            await mkfifo.WaitForExitAsync();
        }

        world.Write("a.yaml", Type("a"));
        await world.SettleAsync();
        Assert.Equal("a:1", await world.ShowAsync());
    }
}
