using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Xml.Linq;
using FsCheck;
using FsCheck.Fluent;
using Orchestrator.Drivers.Libvirt;
using Orchestrator.Model;
using Orchestrator.Planning;

namespace Orchestrator.Drivers.Tests.Libvirt;

/// <summary>Domain definitions: golden files (renew with UPDATE_GOLDEN=1), both ways, and against libvirt's own schema.</summary>
public sealed class DomainXmlTests
{
    private static readonly Guid _uid = Guid.Parse("11111111-2222-4333-8444-555555555555");
    private static readonly DomainDisk _root = new("vda", "/var/lib/libvirt/orchestrator/vm-1.qcow2", DiskFormat.Qcow2);
    private static readonly DomainDisk _base = new("", "/var/lib/libvirt/orchestrator/image-1", DiskFormat.Qcow2);

    private static readonly Dictionary<string, DomainSpec> _variants = new(StringComparer.Ordinal)
    {
        ["qemu-image"] = Spec("qemu", [_root], _base),
        ["qemu-raw-image"] = Spec("qemu", [_root], _base with { Format = DiskFormat.Raw }),
        ["qemu-empty-disk"] = Spec("qemu", [_root], null),
        ["qemu-no-disk"] = Spec("qemu", [], null),
        ["kvm-image"] = Spec("kvm", [_root], _base),
        ["kvm-two-disks"] = Spec("kvm", [_root, new("vdb", "/data/more.raw", DiskFormat.Raw)], _base),
        ["test-no-disk"] = Spec("test", [], null),
        ["test-disk"] = Spec("test", [_root], null),
        ["xen-disk"] = Spec("xen", [_root], null),
    };

    public static TheoryData<string> Variants => [.. _variants.Keys];

    [Theory]
    [MemberData(nameof(Variants))]
    public void A_variant_is_rendered_as_its_golden_file(string variant)
    {
        var golden = Path.Combine(Here(), "Golden", variant + ".xml");
        var actual = XDocument.Parse(DomainXml.Render(_variants[variant])) + "\n";
        if (Environment.GetEnvironmentVariable("UPDATE_GOLDEN") == "1")
        {
            Directory.CreateDirectory(Path.GetDirectoryName(golden)!);
            File.WriteAllText(golden, actual);
        }

        Assert.Equal(File.ReadAllText(golden), actual);
    }

    [Theory]
    [MemberData(nameof(Variants))]
    public void A_variant_is_valid_by_libvirts_own_schema(string variant)
    {
        var file = Path.GetTempFileName();
        try
        {
            File.WriteAllText(file, DomainXml.Render(_variants[variant]));
            var start = new ProcessStartInfo("virt-xml-validate") { RedirectStandardOutput = true, RedirectStandardError = true };
            start.ArgumentList.Add(file);
            start.ArgumentList.Add("domain");
            using var validator = Process.Start(start)!;
            var said = validator.StandardOutput.ReadToEnd() + validator.StandardError.ReadToEnd();
            validator.WaitForExit();
            Assert.True(validator.ExitCode == 0, said);
        }
        catch (System.ComponentModel.Win32Exception)
        {
            // libvirt-clients is not installed: tests/testbed/install does it, and the live tests need it anyway.
        }
        finally
        {
            File.Delete(file);
        }
    }

    [Fact]
    public void What_is_rendered_is_read_back_whatever_the_names() => Check.One(Config.QuickThrowOnFailure.WithMaxTest(1000), Prop.ForAll(Arb.From(Specs), spec =>
    {
        var parsed = DomainXml.Parse(DomainXml.Render(spec));
        return parsed.Mark == spec.Mark && parsed.Config == new DomainConfig(spec.Cpu, spec.MaxCpu, spec.MemoryMiB, spec.MemoryMiB, spec.Disks);
    }));

    [Theory]
    [InlineData("<!DOCTYPE domain [<!ENTITY a 'x'>]><domain><name>&a;</name></domain>")]
    [InlineData("<!DOCTYPE domain SYSTEM 'file:///etc/passwd'><domain/>")]
    [InlineData("<!DOCTYPE domain [<!ENTITY a SYSTEM 'file:///etc/passwd'>]><domain>&a;</domain>")]
    [InlineData("<domain>&a;</domain>")]
    [InlineData("<domain>")]
    [InlineData("<pool type='dir'/>")]
    [InlineData("<domain/><domain/>")]
    [InlineData("not xml")]
    [InlineData("")]
    public void What_is_no_domain_definition_or_reaches_for_more_is_refused(string xml) => Assert.Throws<FormatException>(() => DomainXml.Parse(xml));

    [Fact]
    public void Libvirts_own_form_is_understood()
    {
        var parsed = DomainXml.Parse("""
            <domain type='qemu' id='3'>
              <name>web</name>
              <metadata><other:thing xmlns:other="urn:other"/></metadata>
              <memory unit='KiB'>262144</memory>
              <currentMemory unit='KiB'>131072</currentMemory>
              <vcpu placement='static' current='2'>8</vcpu>
              <devices>
                <disk type='file' device='cdrom'><target dev='sda' bus='sata'/></disk>
                <disk type='file' device='disk'>
                  <driver name='qemu' type='qcow2' discard='unmap'/>
                  <source file='/pool/vm.qcow2' index='1'/>
                  <backingStore type='file' index='2'><format type='raw'/><source file='/pool/base'/><backingStore/></backingStore>
                  <target dev='vda' bus='virtio'/>
                </disk>
                <disk type='network' device='disk'><driver name='qemu' type='raw'/><source protocol='rbd' name='vms/a'/><target dev='vdb' bus='virtio'/></disk>
              </devices>
            </domain>
            """);
        Assert.Null(parsed.Mark);
        Assert.Equal(new DomainConfig(2, 8, 128, 256, [new("vda", "/pool/vm.qcow2", DiskFormat.Qcow2), new("vdb", "", DiskFormat.Raw)]), parsed.Config);
    }

    [Theory]
    [InlineData("<memory unit='bytes'>268435456</memory>", 256)]
    [InlineData("<memory unit='MiB'>256</memory>", 256)]
    [InlineData("<memory unit='G'>1</memory>", 1024)]
    [InlineData("<memory>262144</memory>", 256)]
    [InlineData("<memory>much</memory>", 0)]
    [InlineData("", 0)]
    public void Memory_is_read_in_libvirts_units(string memory, long expected)
    {
        var config = DomainXml.Parse($"<domain>{memory}</domain>").Config;
        Assert.Equal((expected, expected, 1, 1), (config.MemoryMiB, config.MaxMemoryMiB, config.Cpu, config.MaxCpu));
    }

    [Fact]
    public void A_mark_without_a_uid_is_no_mark() =>
        Assert.Null(DomainXml.Parse("""<domain><metadata><o:vm xmlns:o="https://orchestrator.vm/libvirt/1" cluster="c"/></metadata></domain>""").Mark);

    private static Gen<DomainSpec> Specs { get; } =
        from name in Texts()
        from space in Texts()
        from cluster in Texts()
        from path in Texts()
        from cpu in Gen.Choose(1, 64)
        from more in Gen.Choose(0, 64)
        from memory in Gen.Choose(1, 1 << 20)
        from generation in Gen.Choose(1, int.MaxValue)
        from hypervisor in Gen.Elements("qemu", "kvm", "test", "xen")
        from format in Gen.Elements(DiskFormat.Raw, DiskFormat.Qcow2)
        from disks in Gen.Choose(0, 3)
        select new DomainSpec(
            new(_uid, name),
            new(cluster, space, name, _uid, generation, "0123456789abcdef"),
            hypervisor,
            cpu,
            cpu + more,
            memory,
            [.. Enumerable.Range(0, disks).Select(number => new DomainDisk($"vd{(char)('a' + number)}", $"/{path}/{number}", format))],
            disks > 0 ? _base : null);

    private static Gen<string> Texts() =>
        Gen.Elements('a', 'Z', '0', '.', '-', '_', '"', '\'', '<', '>', '&', ';', '\n', '\t', ' ', ']', '%', 'ü', '漢').NonEmptyListOf().Select(letters => string.Concat(letters));

    private static DomainSpec Spec(string hypervisor, EquatableArray<DomainDisk> disks, DomainDisk? baseDisk) =>
        new(new(_uid, "web-1"), new("0f8c", "default", "web-1", _uid, 3, "0123456789abcdef"), hypervisor, 2, 8, 512, disks, baseDisk);

    private static string Here([CallerFilePath] string path = "") => Path.GetDirectoryName(path)!;
}
