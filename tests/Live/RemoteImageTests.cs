using Orchestrator.Model;
using Xunit.Abstractions;

namespace Orchestrator.Live;

[Collection(nameof(LiveBed))]
public sealed class RemoteImageTests(LiveBed bed, ITestOutputHelper output)
{
    /// <summary>An image on some host is fetched once, and brought to a PM once, however many VMs want it there at the same time.</summary>
    [Fact]
    public async Task An_image_travels_once()
    {
        await bed.CleanAsync();
        var (source, host) = (bed.Hosts[0], bed.Hosts[1]);
        Directory.CreateDirectory(source.PathOf("/srv/images"));
        File.Copy(await bed.ImageAsync(), source.PathOf("/srv/images/micro.qcow2"));
        await using var cluster = await LiveCluster.JoinAsync(bed, output, $"root@{source.Name}:/srv/images/micro.qcow2");
        string[] names = ["one", "two", "three", "four"];
        await Task.WhenAll(names.Select(name => cluster.RunAsync(LiveCluster.Wish(name, host, image: true, memory: 96))));
        await Task.WhenAll(names.Select(name => host.PrintsAsync(name, "READY")));

        var copy = Assert.Single(host.StoredFiles("image-"), file => !file.EndsWith(".ready", StringComparison.Ordinal));
        Assert.Equal(copy, (await cluster.Objects.GetAsync(ResourceTypes.Images, "micro"))!.Status.Volume);
        Assert.Equal(await File.ReadAllBytesAsync(await bed.ImageAsync()), await File.ReadAllBytesAsync(host.PathOf($"{HostViews.Storage}/{copy}")));
        Assert.Single(cluster.Server.Log.Split('\n'), line => line.Contains($"{copy} was uploaded to", StringComparison.Ordinal));
        Assert.Empty(cluster.Hosts[2].StoredFiles("image-"));
    }
}
