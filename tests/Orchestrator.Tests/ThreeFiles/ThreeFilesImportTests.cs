using Orchestrator.Model;
using Orchestrator.Reconciler.Specs;
using Orchestrator.ThreeFiles;

namespace Orchestrator.Tests.ThreeFiles;

/// <summary>What good files become.</summary>
public sealed class ThreeFilesImportTests : IDisposable
{
    private readonly TempFolder _folder = new();

    private string Specs => Path.Combine(_folder.Path, "specs");

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Hosts_become_machines_in_order()
    {
        var machines = Objects<PhysicalMachine>(SeedFiles.MachinesFile, pms: """
            # our hosts
            node1
              alice@node2.example.org:2222   # behind the door
            [fd00::1]:22

            10.0.0.7
            localhost
            root@localhost
            alice@10.0.0.7
            test:///default
            xen+ssh://root@xen1/system
            qemu+ssh://root@node9/system?keyfile=/etc/key&no_verify=1
            """);

        Assert.Equal(
            [
                "node1 qemu+ssh://root@node1/system",
                "node2.example.org qemu+ssh://alice@node2.example.org:2222/system",
                "fd00-1 qemu+ssh://root@[fd00::1]:22/system",
                "10.0.0.7 qemu+ssh://root@10.0.0.7/system",
                "localhost qemu:///system",
                "localhost-2 qemu+ssh://root@localhost/system",
                "10.0.0.7-2 qemu+ssh://alice@10.0.0.7/system",
                "test test:///default",
                "xen1 xen+ssh://root@xen1/system",
                "node9 qemu+ssh://root@node9/system?keyfile=/etc/key&no_verify=1",
            ],
            (string[])[.. machines.Select(machine => $"{machine.Metadata.Name} {machine.Spec.Uri}")]);
        Assert.All(machines, machine => Assert.Empty(machine.Metadata.Annotations));
    }

    [Theory]
    [InlineData("/images/Ubuntu-12.04-amd64.img\nalice@node1:/x/Fedora 17.qcow2\n/other/Ubuntu-12.04-amd64.img")]
    [InlineData("""{"images": ["/images/Ubuntu-12.04-amd64.img", {"path": "alice@node1:/x/Fedora 17.qcow2"}, "/other/Ubuntu-12.04-amd64.img"]}""")]
    [InlineData("images = [\n '/images/Ubuntu-12.04-amd64.img', # first\n ('alice@node1:/x/Fedora 17.qcow2'),\n '/other/Ubuntu-12.04-amd64.img',\n]")]
    public void Images_are_named_by_their_title(string text) => Assert.Equal(
        [
            "Ubuntu-12.04-amd64 /images/Ubuntu-12.04-amd64.img",
            "Fedora-17 alice@node1:/x/Fedora 17.qcow2",
            "Ubuntu-12.04-amd64-2 /other/Ubuntu-12.04-amd64.img",
        ],
        (string[])[.. Objects<Image>(SeedFiles.ImagesFile, images: text).Select(image => $"{image.Metadata.Name} {image.Spec.Source}")]);

    [Fact]
    public void Any_title_gives_a_legal_name()
    {
        var images = Objects<Image>(SeedFiles.ImagesFile, images: $"/a/{new string('x', 200)}.img\n/a/ø.img\n/a/..img\n/a/'<;\".img\n/b/{new string('x', 200)}.img");
        Assert.All(images, image => Assert.True(Names.IsName(image.Metadata.Name)));
        Assert.Equal(5, images.Count);
    }

    [Theory]
    [InlineData("""{"types":[{"tid":1,"cpu":1,"ram":512,"disk":1},{"tid":7,"cpu":2,"ram":1024,"disk":2,"name":"big"}]}""")]
    [InlineData("""
        # the sizes
        types = {
            'types': [
                {'tid': 1, 'cpu': 1, 'ram': 512, 'disk': 1},   # small
                {"cpu": 2, "ram": 1024, "disk": 2, 'tid': 7, 'name': 'big', },
            ],
        }
        """)]
    [InlineData("([{'cpu':1,'ram':512,'disk':1,'tid':None},{'tid':7,'cpu':2,'ram':1024,'disk':2,'name':'big'}])")]
    public void Flavors_become_instance_types(string text) => Assert.Equal(
        ["type-1 id=1 1 512Mi 1Gi", "big id=7 2 1Gi 2Gi"],
        (string[])[.. Objects<InstanceType>(SeedFiles.TypesFile, types: text)
            .Select(type => $"{type.Metadata.Name} id={type.Metadata.Annotations[Admission.IdAnnotation]} {type.Spec.Cpu} {Quantity.FromBytes(type.Spec.Memory.Bytes)} {type.Spec.Disk}")]);

    [Fact]
    public void Windows_line_ends_a_byte_order_mark_and_no_final_newline_change_nothing()
    {
        var plain = SeedFiles.Check(_folder.File("pms", "node1\nnode2\n"), null, null);
        var odd = SeedFiles.Check(_folder.File("pms", "\uFEFFnode1\r\nnode2"), null, null);
        Assert.Equal(plain.Texts, odd.Texts);
        Assert.Equal((2, 0, 3), odd.Counts);
    }

    [Fact]
    public void Without_files_this_machine_is_the_only_one_with_the_three_flavors_of_the_seed()
    {
        var result = SeedFiles.Import(null, null, null, Specs);
        Assert.True(result.Good);
        Assert.Equal("""
            # Made by orchestrator import from no file: this machine.
            # The next import overwrites this file: edit that one, or take this line away.
            ---
            apiVersion: orchestrator.vm/v1
            kind: PhysicalMachine
            metadata:
              name: "localhost"
            spec:
              uri: "qemu:///system"

            """, File.ReadAllText(Path.Combine(Specs, SeedFiles.MachinesFile)));
        Assert.Equal(
            ["1: 1 512Mi 1Gi", "2: 2 1024Mi 2Gi", "3: 4 2048Mi 3Gi"],
            (string[])[.. Read<InstanceType>(File.ReadAllText(Path.Combine(Specs, SeedFiles.TypesFile)))
                .Select(type => $"{type.Metadata.Annotations[Admission.IdAnnotation]}: {type.Spec.Cpu} {type.Spec.Memory} {type.Spec.Disk}")]);
    }

    [Fact]
    public void Importing_again_writes_only_what_changed_and_leaves_no_drafts()
    {
        var pms = _folder.File("pms", "node1");
        Assert.Equal(3, SeedFiles.Import(pms, null, null, Specs).Written.Count);
        Assert.Empty(SeedFiles.Import(pms, null, null, Specs).Written);
        _folder.File("pms", "node1\nnode2");
        Assert.Equal([Path.Combine(Specs, SeedFiles.MachinesFile)], SeedFiles.Import(pms, null, null, Specs).Written);
        Assert.Equal(3, Directory.GetFileSystemEntries(Specs).Length);
    }

    [Fact]
    public void A_file_of_the_operators_own_is_not_overwritten()
    {
        Directory.CreateDirectory(Specs);
        File.WriteAllText(Path.Combine(Specs, SeedFiles.MachinesFile), "# mine\n");
        var result = SeedFiles.Import(null, null, null, Specs);
        Assert.Equal($"{Specs}/pms.yaml:1: was not made by import; move it away, it would be overwritten", Assert.Single(result.Problems).ToString());
        Assert.Single(Directory.GetFiles(Specs));
    }

    private IReadOnlyList<T> Objects<T>(string file, string? pms = null, string? images = null, string? types = null)
        where T : Resource
    {
        var specs = SeedFiles.Check(
            pms is null ? null : _folder.File("pm_file", pms),
            images is null ? null : _folder.File("image_file", images),
            types is null ? null : _folder.File("flavor_file", types));
        Assert.Empty(specs.Problems);
        return Read<T>(specs.Texts[file]);
    }

    /// <summary>As the specs folder reads it.</summary>
    private static IReadOnlyList<T> Read<T>(string text)
        where T : Resource
    {
        var file = SpecReader.Read("x.yaml", "specs/x.yaml", System.Text.Encoding.UTF8.GetBytes(text));
        Assert.Empty(file.Errors);
        return [.. file.Documents.Select(document => (T)document.Object)];
    }
}
