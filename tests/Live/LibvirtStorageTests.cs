using System.Security.Cryptography;
using Orchestrator.Libvirt;

namespace Orchestrator.Live;

[Collection(nameof(LibvirtHosts))]
public sealed class LibvirtStorageTests(LibvirtHosts hosts)
{
    private const int MiB = 1 << 20;
    /// <summary>A deadline for each single call: one that is late does not take the others with it.</summary>
    private static CancellationToken Stop => new CancellationTokenSource(TimeSpan.FromMinutes(2)).Token;

    [Theory]
    [InlineData("unix", false)]
    [InlineData("unix", true)]
    [InlineData("ssh", true)]
    [InlineData("pipe", false)]
    [InlineData("pipe", true)]
    [InlineData("tls", false)]
    [InlineData("tls", true)]
    public async Task What_is_uploaded_is_what_is_downloaded(string transport, bool sparse)
    {
        await using var host = await hosts.ConnectAsync(transport);
        await using var connection = await host.OpenAsync(Stop);
        var pool = await PoolAsync(connection);
        var data = new byte[(24 * MiB) + 12_345];
        RandomNumberGenerator.Fill(data.AsSpan(0, 3 * MiB));
        RandomNumberGenerator.Fill(data.AsSpan(20 * MiB, MiB));
        var volume = await connection.CreateVolumeAsync(pool, VolumeXml($"round-{transport}-{sparse}", data.Length), VolumeCreateFlags.None, Stop);
        try
        {
            var sent = new List<long>();
            await connection.UploadVolumeAsync(volume, new MemoryStream(data), data.Length, sparse, new Report(sent.Add), Stop);
            Assert.Equal(data.Length, sent[^1]);
            Assert.Equal(sent.Order(), sent);
            var info = await connection.GetVolumeInfoAsync(volume, Stop);
            Assert.True(sparse ? info.Allocation < 8 * MiB : info.Allocation >= (ulong)data.Length, $"{info.Allocation} bytes are allocated");

            using var back = new MemoryStream();
            Assert.Equal(data.Length, await connection.DownloadVolumeAsync(volume, back, length: 0, sparse, progress: null, Stop));
            Assert.Equal(data, back.ToArray());
        }
        finally
        {
            await connection.DeleteVolumeAsync(volume, VolumeDeleteFlags.None, Stop);
        }
    }

    [Fact]
    public async Task An_upload_longer_than_its_volume_fails_and_the_connection_works_on()
    {
        await using var host = await hosts.ConnectAsync("ssh");
        await using var connection = await host.OpenAsync(Stop);
        var pool = await PoolAsync(connection);
        var volume = await connection.CreateVolumeAsync(pool, VolumeXml("cancelled", MiB), VolumeCreateFlags.None, Stop);
        using var cancel = CancellationTokenSource.CreateLinkedTokenSource(Stop);
        await Assert.ThrowsAsync<EndOfStreamException>(
            () => connection.UploadVolumeAsync(volume, new MemoryStream(new byte[1000]), MiB, sparse: false, progress: null, Stop));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => connection.UploadVolumeAsync(
            volume, new MemoryStream(new byte[64 * MiB]), 64 * MiB, sparse: false, new Report(_ => cancel.Cancel()), cancel.Token));
        Assert.NotNull(await connection.FindVolumeAsync(pool, "cancelled", Stop));
        await connection.DeleteVolumeAsync(volume, VolumeDeleteFlags.None, Stop);
        Assert.Null(await connection.FindVolumeAsync(pool, "cancelled", Stop));
    }

    [Fact]
    public async Task Pools_and_volumes_are_made_looked_up_and_removed()
    {
        await using var host = await hosts.ConnectAsync("unix");
        await using var connection = await host.OpenAsync(Stop);
        await connection.SubscribeAsync(LibvirtEventKinds.StoragePoolLifecycle, Stop);
        Assert.Null(await connection.FindPoolAsync("made", Stop));
        var pool = await connection.DefinePoolAsync("<pool type='dir'><name>made</name><target><path>/srv/made</path></target></pool>", Stop);
        Assert.Equal(pool, await connection.FindPoolAsync(pool.Uuid, Stop));
        Assert.Contains(pool, await connection.ListPoolsAsync(StoragePoolListFlags.Inactive, Stop));
        await connection.BuildPoolAsync(pool, StoragePoolBuildFlags.None, Stop);
        await connection.StartPoolAsync(pool, StoragePoolCreateFlags.None, Stop);
        await connection.SetPoolAutostartAsync(pool, on: true, Stop);
        Assert.True(await connection.IsPoolActiveAsync(pool, Stop) && await connection.GetPoolAutostartAsync(pool, Stop));
        Assert.Contains("/srv/made", await connection.GetPoolXmlAsync(pool, Stop), StringComparison.Ordinal);

        var image = await connection.CreateVolumeAsync(pool, VolumeXml("base.qcow2", MiB, "qcow2"), VolumeCreateFlags.None, Stop);
        var copy = await connection.CreateVolumeFromAsync(pool, VolumeXml("copy.raw", MiB), image, VolumeCreateFlags.None, Stop);
        await connection.ResizeVolumeAsync(copy, 2 * MiB, VolumeResizeFlags.None, Stop);
        Assert.Equal(2UL * MiB, (await connection.GetVolumeInfoAsync(copy, Stop)).Capacity);
        Assert.Equal("/srv/made/copy.raw", await connection.GetVolumePathAsync(copy, Stop));
        Assert.Equal(copy, await connection.FindVolumeByPathAsync("/srv/made/copy.raw", Stop));
        Assert.Contains("qcow2", await connection.GetVolumeXmlAsync(image, Stop), StringComparison.Ordinal);
        await hosts.Host.ExecAsync(["touch", "/srv/made/by-hand"]);
        await connection.RefreshPoolAsync(pool, Stop);
        var volumes = await connection.ListVolumesAsync(pool, Stop);
        string[] names = [.. volumes.Select(volume => volume.Name).Order(StringComparer.Ordinal)];
        Assert.Equal(["base.qcow2", "by-hand", "copy.raw"], names);
        foreach (var volume in volumes)
        {
            await connection.DeleteVolumeAsync(volume, VolumeDeleteFlags.None, Stop);
        }

        await connection.StopPoolAsync(pool, Stop);
        await connection.UndefinePoolAsync(pool, Stop);
        Assert.Null(await connection.FindPoolAsync("made", Stop));
        var changes = new List<int>();
        await foreach (var e in connection.ReadEventsAsync(Stop))
        {
            if (e is StoragePoolLifecycleChanged change && change.Pool == pool)
            {
                changes.Add(change.Change);
                if (change.Change == 1)
                {
                    break;
                }
            }
        }

        Assert.Equal([0, 4, 2, 3, 1], changes);
    }

    [Fact]
    public async Task Networks_and_secrets_are_made_looked_up_and_removed()
    {
        await using var test = await hosts.ConnectAsync("ssh", "test");
        await using var connection = await test.OpenAsync(Stop);
        var name = $"net-{Guid.NewGuid():N}";
        var network = await connection.DefineNetworkAsync($"<network><name>{name}</name><bridge name='virbr77'/></network>", Stop);
        Assert.Equal((network, network), (await connection.FindNetworkAsync(name, Stop), await connection.FindNetworkAsync(network.Uuid, Stop)));
        await connection.StartNetworkAsync(network, Stop);
        await connection.SetNetworkAutostartAsync(network, on: true, Stop);
        Assert.True(await connection.IsNetworkActiveAsync(network, Stop) && await connection.GetNetworkAutostartAsync(network, Stop));
        Assert.Contains("virbr77", await connection.GetNetworkXmlAsync(network, Stop), StringComparison.Ordinal);
        Assert.Contains(network, await connection.ListNetworksAsync(NetworkListFlags.Active, Stop));
        await connection.StopNetworkAsync(network, Stop);
        await connection.UndefineNetworkAsync(network, Stop);
        Assert.Null(await connection.FindNetworkAsync(name, Stop));

        await using var qemu = await hosts.ConnectAsync("ssh");
        await using var real = await qemu.OpenAsync(Stop);
        var secret = await real.DefineSecretAsync("<secret><usage type='ceph'><name>client.test</name></usage></secret>", Stop);
        await real.SetSecretValueAsync(secret, new byte[] { 1, 2, 3 }, Stop);
        Assert.Equal((secret, secret), (await real.FindSecretAsync(secret.Uuid, Stop), await real.FindSecretAsync(SecretUsage.Ceph, "client.test", Stop)));
        Assert.Contains(secret, await real.ListSecretsAsync(Stop));
        await real.UndefineSecretAsync(secret, Stop);
        Assert.Null(await real.FindSecretAsync(secret.Uuid, Stop));
    }

    [Fact]
    public async Task Leases_are_told_as_the_DHCP_server_notes_them()
    {
        await using var host = await hosts.ConnectAsync("unix");
        await using var connection = await host.OpenAsync(Stop);
        var network = await connection.DefineNetworkAsync(
            "<network><name>leases</name><bridge name='virbr78'/><ip address='192.168.78.1' prefix='24'><dhcp/></ip></network>", Stop);
        Directory.CreateDirectory(hosts.Host.PathOf("/var/lib/libvirt/dnsmasq"));
        await File.WriteAllTextAsync(
            hosts.Host.PathOf("/var/lib/libvirt/dnsmasq/virbr78.status"),
            """
            [{"ip-address": "192.168.78.5", "mac-address": "52:54:00:00:00:05", "hostname": "guest", "client-id": "01:52", "expiry-time": 4102444800},
             {"ip-address": "192.168.78.6", "mac-address": "52:54:00:00:00:06", "expiry-time": 4102444800}]
            """);
        var leases = await connection.GetDhcpLeasesAsync(network, mac: null, Stop);
        var first = leases.Single(lease => lease.Address == "192.168.78.5");
        Assert.Equal(
            new DhcpLease("virbr78", DateTimeOffset.FromUnixTimeSeconds(4102444800), "52:54:00:00:00:05", Iaid: null, "192.168.78.5", 24, "guest", "01:52"),
            first);
        Assert.Equal(2, leases.Length);
        Assert.Equal("192.168.78.6", Assert.Single(await connection.GetDhcpLeasesAsync(network, "52:54:00:00:00:06", Stop)).Address);
        await connection.UndefineNetworkAsync(network, Stop);
    }

    [Fact]
    public async Task A_host_tells_what_it_is_made_of()
    {
        await using var host = await hosts.ConnectAsync("tls");
        await using var connection = await host.OpenAsync(Stop);
        var node = await connection.GetNodeInfoAsync(Stop);
        var memory = await connection.GetMemoryStatisticsAsync(Stop);
        Assert.Equal("x86_64", node.Model);
        Assert.Equal(Environment.ProcessorCount, node.Cpus);
        Assert.InRange(memory.FreeKiB, 1UL, memory.TotalKiB);
        Assert.InRange(await connection.GetFreeMemoryAsync(Stop), 1UL, memory.TotalKiB * 1024);
        Assert.True(await connection.GetHypervisorVersionAsync(Stop) >= new Version(5, 0, 0));
        Assert.Contains("<arch>x86_64</arch>", await connection.GetCapabilitiesAsync(Stop), StringComparison.Ordinal);
        Assert.Contains(
            "<domain>qemu</domain>",
            await connection.GetDomainCapabilitiesAsync(emulator: null, "x86_64", machine: null, "qemu", Stop),
            StringComparison.Ordinal);
    }

    private static async Task<StoragePoolRef> PoolAsync(LibvirtConnection connection)
    {
        if (await connection.FindPoolAsync("live", Stop) is { } found)
        {
            return found;
        }

        var pool = await connection.DefinePoolAsync("<pool type='dir'><name>live</name><target><path>/var/lib/libvirt/images</path></target></pool>", Stop);
        await connection.StartPoolAsync(pool, StoragePoolCreateFlags.WithBuild, Stop);
        return pool;
    }

    private static string VolumeXml(string name, long bytes, string format = "raw") =>
        $"<volume><name>{name}</name><capacity>{bytes}</capacity><allocation>0</allocation><target><format type='{format}'/></target></volume>";

    private sealed class Report(Action<long> report) : IProgress<long>
    {
        void IProgress<long>.Report(long value) => report(value);
    }
}
