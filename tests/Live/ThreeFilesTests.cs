using System.Diagnostics;
using Xunit.Abstractions;

namespace Orchestrator.Live;

[Collection(nameof(LiveBed))]
public sealed class ThreeFilesTests(LiveBed bed, ITestOutputHelper output)
{
    /// <summary>The whole way once, as a client of the seed API goes it.</summary>
    [Fact]
    public async Task Ten_machines_run_as_asked_and_go_without_a_trace()
    {
        await using var cluster = await LiveCluster.StartAsync(bed, output);
        var seed = cluster.Seed;
        Assert.Equal(LiveCluster.Types.Replace(" ", "", StringComparison.Ordinal), (await seed.CallAsync("/vm/types")).GetRawText());
        var image = Assert.Single((await seed.CallAsync("/image/list")).GetProperty("images").EnumerateArray());
        Assert.Equal("micro", image.GetProperty("name").GetString());
        var pmids = await seed.NumbersAsync("/pm/list", "pmids");
        Assert.Equal([1, 2, 3], pmids);
        await EverythingIsFreeAsync(cluster);

        var began = Stopwatch.GetTimestamp();
        var vmids = await Task.WhenAll(Enumerable.Range(1, 10).Select(i => seed.CreateAsync($"vm-{i}", type: 1, image.GetProperty("id").GetInt32())));
        cluster.Note("create 10 VMs at once", began);
        Assert.Equal(10, vmids.Where(vmid => vmid > 0).Distinct().Count());

        await AgreesAsync(cluster, vmids);
        await Task.WhenAll((await cluster.Objects.ListAsync(Model.ResourceTypes.VirtualMachines)).Select(vm =>
            cluster.HostOf(vm).PrintsAsync(vm.Metadata.Name, $"READY host=micro uuid={vm.Metadata.Uid}")));
        cluster.Note("10 guests READY", began);

        began = Stopwatch.GetTimestamp();
        Assert.All(await Task.WhenAll(vmids.Select(seed.DestroyAsync)), status => Assert.Equal(1, status));
        cluster.Note("destroy 10 VMs at once", began);
        await cluster.NothingIsLeftAsync();
        await EverythingIsFreeAsync(cluster);
        foreach (var vmid in vmids)
        {
            Assert.Equal("""{"status":0}""", (await seed.CallAsync($"/vm/query?vmid={vmid}")).GetRawText());
        }
    }

    /// <summary>What the API says of each PM is what <c>virsh list</c> says there.</summary>
    private static async Task AgreesAsync(LiveCluster cluster, int[] vmids)
    {
        var seen = new List<int>();
        foreach (var (host, pmid) in cluster.Hosts.Select((host, i) => (host, i + 1)))
        {
            var here = await cluster.Seed.NumbersAsync($"/pm/listvms?pmid={pmid}", "vmids");
            seen.AddRange(here);
            var names = new List<string>();
            foreach (var vmid in here)
            {
                var vm = await cluster.Seed.CallAsync($"/vm/query?vmid={vmid}");
                Assert.Equal((vmid, 1, pmid), (vm.GetProperty("vmid").GetInt32(), vm.GetProperty("instance_type").GetInt32(), vm.GetProperty("pmid").GetInt32()));
                names.Add(vm.GetProperty("name").GetString()!);
            }

            Assert.Equal<IEnumerable<string>>(names.Order(StringComparer.Ordinal), await host.RunningAsync());
            var (capacity, free) = await RoomAsync(cluster, pmid);
            Assert.Equal((capacity.Ram - (96 * here.Length), capacity.Disk - here.Length), (free.Ram, free.Disk));
        }

        Assert.Equal(vmids.Order(), seen.Order());
    }

    private static async Task EverythingIsFreeAsync(LiveCluster cluster)
    {
        for (var pmid = 1; pmid <= cluster.Hosts.Count; pmid++)
        {
            var (capacity, free) = await RoomAsync(cluster, pmid);
            Assert.True(capacity is { Cpu: > 0, Ram: > 0, Disk: > 0 }, $"PM {pmid} has {capacity}");
            Assert.Equal(capacity, free);
        }
    }

    private static async Task<(Room Capacity, Room Free)> RoomAsync(LiveCluster cluster, int pmid)
    {
        var machine = await cluster.Seed.CallAsync($"/pm/query?pmid={pmid}");
        return (Room.Of(machine.GetProperty("capacity")), Room.Of(machine.GetProperty("free")));
    }

    private sealed record Room(int Cpu, long Ram, long Disk)
    {
        public static Room Of(System.Text.Json.JsonElement room) =>
            new(room.GetProperty("cpu").GetInt32(), room.GetProperty("ram").GetInt64(), room.GetProperty("disk").GetInt64());
    }
}
