using System.Globalization;
using System.Xml.Linq;
using Orchestrator.Model;
using Orchestrator.Planning;

namespace Orchestrator.Drivers.Libvirt;

/// <summary>Domain definitions as libvirt reads them. Format: libvirt's formatdomain.html.</summary>
public static class DomainXml
{
    /// <summary>Of our mark in a domain's metadata.</summary>
    public static readonly XNamespace MarkNamespace = "https://orchestrator.vm/libvirt/1";

    /// <summary>Free PCIe slots for devices plugged in later.</summary>
    private const int SparePorts = 8;

    public static string Render(DomainSpec spec) => new XElement("domain",
        new XAttribute("type", spec.Hypervisor),
        new XElement("name", spec.Id.Name),
        new XElement("uuid", spec.Id.Uid),
        new XElement("metadata", Mark(spec.Mark)),
        new XElement("memory", new XAttribute("unit", "MiB"), spec.MemoryMiB),
        new XElement("currentMemory", new XAttribute("unit", "MiB"), spec.MemoryMiB),
        new XElement("vcpu", new XAttribute("placement", "static"), new XAttribute("current", spec.Cpu), spec.MaxCpu),
        new XElement("os", Machine(spec.Hypervisor), new XElement("boot", new XAttribute("dev", "hd"))),
        new XElement("features",
            new XElement("acpi"),
            new XElement("apic"),
            spec.Hypervisor == "qemu" ? new XElement("tcg", new XElement("tb-cache", new XAttribute("unit", "MiB"), 32)) : null),
        spec.Hypervisor == "kvm" ? new XElement("cpu", new XAttribute("mode", "host-model")) : null,
        new XElement("clock", new XAttribute("offset", "utc")),
        new XElement("on_poweroff", "destroy"),
        new XElement("on_reboot", "restart"),
        new XElement("on_crash", "destroy"),
        Devices(spec)).ToString(SaveOptions.DisableFormatting);

    /// <summary>The part of a definition that we own.</summary>
    /// <exception cref="FormatException">It is no domain definition.</exception>
    public static ParsedDomain Parse(string xml)
    {
        var domain = HostXml.Parse(xml, "domain");
        var vcpu = domain.Element("vcpu");
        var maxCpu = Number(vcpu?.Value, 1);
        var maxMemory = MiB(domain.Element("memory"));
        return new(
            ParseMark(domain.Element("metadata")?.Element(MarkNamespace + "vm")),
            new(
                (int)Number(vcpu?.Attribute("current")?.Value, maxCpu),
                (int)maxCpu,
                domain.Element("currentMemory") is { } current ? MiB(current) : maxMemory,
                maxMemory,
                [.. domain.Elements("devices").Elements("disk").Select(Disk).OfType<DomainDisk>()]));
    }

    private static XElement Mark(DomainMark mark) => new(
        MarkNamespace + "vm",
        new XAttribute(XNamespace.Xmlns + "orchestrator", MarkNamespace.NamespaceName),
        new XAttribute("cluster", mark.Cluster),
        new XAttribute("namespace", mark.Namespace),
        new XAttribute("name", mark.Name),
        new XAttribute("uid", mark.Uid),
        new XAttribute("generation", mark.Generation),
        new XAttribute("spec", mark.SpecHash));

    private static DomainMark? ParseMark(XElement? mark) =>
        mark is not null && Guid.TryParse(mark.Attribute("uid")?.Value, out var uid)
            ? new(Text(mark, "cluster"), Text(mark, "namespace"), Text(mark, "name"), uid, Number(mark.Attribute("generation")?.Value, 0), Text(mark, "spec"))
            : null;

    private static XElement Machine(string hypervisor) => hypervisor is "kvm" or "qemu"
        ? new("type", new XAttribute("arch", "x86_64"), new XAttribute("machine", "q35"), "hvm")
        : new("type", "hvm");

    private static XElement Devices(DomainSpec spec)
    {
        var devices = new XElement("devices", spec.Disks.Select(disk => Disk(disk, disk == spec.Disks[0] ? spec.BaseDisk : null)));
        if (spec.Hypervisor is "kvm" or "qemu")
        {
            devices.Add(
                Controller("pci", "pcie-root", new XAttribute("index", 0)),
                Enumerable.Range(0, SparePorts).Select(_ => Controller("pci", "pcie-root-port")),
                Controller("usb", "none"),
                new XElement("serial",
                    new XAttribute("type", "pty"),
                    new XElement("log", new XAttribute("file", ConsoleLog(spec.Id)), new XAttribute("append", "on")),
                    new XElement("target", new XAttribute("port", 0))),
                new XElement("channel",
                    new XAttribute("type", "unix"),
                    new XElement("target", new XAttribute("type", "virtio"), new XAttribute("name", "org.qemu.guest_agent.0"))),
                new XElement("rng",
                    new XAttribute("model", "virtio"),
                    new XElement("backend", new XAttribute("model", "random"), "/dev/urandom")),
                new XElement("memballoon", new XAttribute("model", "virtio")));
        }

        return devices;
    }

    /// <summary>Where a PM keeps what the guest prints on its serial console.</summary>
    public static string ConsoleLog(DomainId id) => $"/var/log/libvirt/qemu/{id.Name}-console.log";

    private static XElement Controller(string type, string model, params XAttribute[] more) =>
        new("controller", new XAttribute("type", type), new XAttribute("model", model), more);

    private static XElement Disk(DomainDisk disk, DomainDisk? basedOn) => new(
        "disk",
        new XAttribute("type", "file"),
        new XAttribute("device", "disk"),
        new XElement("driver", new XAttribute("name", "qemu"), new XAttribute("type", Format(disk.Format)), new XAttribute("discard", "unmap")),
        new XElement("source", new XAttribute("file", disk.Path)),
        BackingStore(basedOn),
        new XElement("target", new XAttribute("dev", disk.Target), new XAttribute("bus", "virtio")));

    /// <summary>The whole chain is spelled out, so that neither libvirt nor QEMU believes a header that a guest could have written.</summary>
    private static XElement BackingStore(DomainDisk? basedOn) => basedOn is null
        ? new("backingStore")
        : new("backingStore",
            new XAttribute("type", "file"),
            new XElement("format", new XAttribute("type", Format(basedOn.Format))),
            new XElement("source", new XAttribute("file", basedOn.Path)),
            new XElement("backingStore"));

    /// <summary>A disk that is no file is not one of ours; it still counts as a difference.</summary>
    private static DomainDisk? Disk(XElement disk) => disk.Attribute("device")?.Value is null or "disk"
        ? new(
            disk.Element("target")?.Attribute("dev")?.Value ?? "",
            disk.Element("source")?.Attribute("file")?.Value ?? "",
            disk.Element("driver")?.Attribute("type")?.Value == "qcow2" ? DiskFormat.Qcow2 : DiskFormat.Raw)
        : null;

    private static string Format(DiskFormat format) => format switch
    {
        DiskFormat.Qcow2 => "qcow2",
        _ => "raw",
    };

    private static string Text(XElement element, string attribute) => element.Attribute(attribute)?.Value ?? "";

    private static long Number(string? text, long otherwise) =>
        long.TryParse(text, NumberStyles.Integer, CultureInfo.InvariantCulture, out var number) ? number : otherwise;

    /// <summary>Libvirt answers in KiB, but accepts and keeps other units in files.</summary>
    private static long MiB(XElement? memory)
    {
        var amount = Number(memory?.Value, 0);
        return memory?.Attribute("unit")?.Value switch
        {
            "b" or "bytes" => amount >> 20,
            "MiB" or "M" => amount,
            "GiB" or "G" => amount << 10,
            _ => amount >> 10,
        };
    }
}

/// <summary>What a definition says that concerns us.</summary>
/// <param name="Mark">Whose it is; null when it bears no mark of any cluster.</param>
public sealed record ParsedDomain(DomainMark? Mark, DomainConfig Config);
