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
