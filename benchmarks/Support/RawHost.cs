using System.Xml.Linq;
using Orchestrator.Drivers.Libvirt;
using Orchestrator.Libvirt;
using Orchestrator.Model;
using Orchestrator.Planning;

namespace Orchestrator.Benchmarks.Support;

/// <summary>The raw limit: plain libvirt calls over a connection like the server's own, for domains like the server's own.</summary>
internal sealed class RawHost(LibvirtHost host, LibvirtConnection connection, string hypervisor) : IAsyncDisposable
{
    public const int MemoryMiB = 64;
    private const string PoolName = "raw-bench";
    private const string Folder = "/var/lib/libvirt/raw-bench";

    public LibvirtConnection Connection => connection;

    public static async Task<RawHost> ConnectAsync(string uri)
    {
        var host = await LibvirtHost.ConnectAsync(LibvirtUri.Parse(uri), LibvirtOptions.Default, TimeProvider.System, CancellationToken.None);
        var connection = await host.OpenAsync(CancellationToken.None);
        var driver = await connection.GetHypervisorTypeAsync(CancellationToken.None);
        return new(host, connection, driver == "QEMU" ? "qemu" : "test");
    }

    /// <summary>A definition as the server writes it.</summary>
    /// <param name="disk">With a root disk.</param>
    public string Definition(string name, Guid uid, bool disk) => DomainXml.Render(new(
        new(uid, name),
        new("raw", "default", name, uid, 1, "raw"),
        hypervisor,
        1,
        DesiredMachines.MaxCpu(1),
        MemoryMiB,
        disk ? [new("vda", $"{Folder}/{name}.qcow2", DiskFormat.Qcow2)] : [],
        null));

    public async Task<StoragePoolRef> PoolAsync()
    {
        if (await connection.FindPoolAsync(PoolName, CancellationToken.None) is { } known)
        {
            return known;
        }

        var xml = new XElement("pool", new XAttribute("type", "dir"), new XElement("name", PoolName), new XElement("target", new XElement("path", Folder)));
        var pool = await connection.DefinePoolAsync(xml.ToString(), CancellationToken.None);
        await connection.BuildPoolAsync(pool, StoragePoolBuildFlags.None, CancellationToken.None);
        await connection.StartPoolAsync(pool, StoragePoolCreateFlags.None, CancellationToken.None);
        return pool;
    }

    public async Task DropPoolAsync()
    {
        var pool = await PoolAsync();
        await connection.StopPoolAsync(pool, CancellationToken.None);
        await connection.UndefinePoolAsync(pool, CancellationToken.None);
    }

    public Task<VolumeRef> CreateDiskAsync(StoragePoolRef pool, string name) => connection.CreateVolumeAsync(pool, VolumeXml(name), VolumeCreateFlags.None, CancellationToken.None);

    public static string VolumeXml(string name) => new XElement("volume",
        new XElement("name", $"{name}.qcow2"),
        new XElement("capacity", new XAttribute("unit", "GiB"), 1),
        new XElement("allocation", 0),
        new XElement("target", new XElement("format", new XAttribute("type", "qcow2")))).ToString(SaveOptions.DisableFormatting);

    public async Task<DomainRef> DefineAndStartAsync(string xml)
    {
        var domain = await connection.DefineAsync(xml, DomainDefineFlags.None, CancellationToken.None);
        return await connection.StartAsync(domain, DomainStartFlags.None, CancellationToken.None);
    }

    public async Task RemoveAsync(DomainRef domain)
    {
        await connection.DestroyAsync(domain, DomainDestroyFlags.None, CancellationToken.None);
        await connection.UndefineAsync(domain, DomainUndefineFlags.None, CancellationToken.None);
    }

    public async ValueTask DisposeAsync()
    {
        await connection.DisposeAsync();
        await host.DisposeAsync();
    }
}
