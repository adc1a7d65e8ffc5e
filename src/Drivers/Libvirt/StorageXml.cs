using System.Xml.Linq;
using Orchestrator.Model;
using Orchestrator.Planning;

namespace Orchestrator.Drivers.Libvirt;

/// <summary>Storage pools and volumes as libvirt reads them. Format: libvirt's formatstorage.html.</summary>
internal static class StorageXml
{
    public static string Pool(string name, string path) => new XElement("pool",
        new XAttribute("type", "dir"),
        new XElement("name", name),
        new XElement("target",
            new XElement("path", path),
            new XElement("permissions", new XElement("mode", "0711")))).ToString(SaveOptions.DisableFormatting);

    /// <summary>The folder of a pool; null when it has none (an RBD pool, say).</summary>
    public static string? PoolPath(string xml) => HostXml.Parse(xml, "pool").Element("target")?.Element("path")?.Value;

    /// <summary>An overlay, or an empty disk.</summary>
    public static string Disk(RootDisk disk, string? basePath) => Volume(disk.Volume, disk.SizeBytes, "qcow2", basePath is null ? null :
        new XElement("backingStore",
            new XElement("path", basePath),
            new XElement("format", new XAttribute("type", disk.Base!.Format is DiskFormat.Qcow2 ? "qcow2" : "raw"))));

    /// <summary>A file that an image's bytes are written into as they are.</summary>
    public static string ImageCopy(string name, long bytes) => Volume(name, bytes, "raw", null);

    /// <summary>A file that says something by being there.</summary>
    public static string Marker(string name) => Volume(name, 1, "raw", null);

    private static string Volume(string name, long bytes, string format, XElement? backing) => new XElement("volume",
        new XElement("name", name),
        new XElement("capacity", new XAttribute("unit", "bytes"), bytes),
        new XElement("allocation", 0),
        new XElement("target", new XElement("format", new XAttribute("type", format))),
        backing).ToString(SaveOptions.DisableFormatting);
}
