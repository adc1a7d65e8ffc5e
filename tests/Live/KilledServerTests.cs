using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using Orchestrator.Model;
using Orchestrator.Testing;
using Xunit.Abstractions;

namespace Orchestrator.Live;

[Collection(nameof(LiveBed))]
public sealed class KilledServerTests(LiveBed bed, ITestOutputHelper output)
{
    private const int Rounds = 4;
    private const int Vms = 3;
    private const int LatestLine = 12;
    private static readonly TimeSpan Latest = TimeSpan.FromSeconds(10);

    /// <summary>kill -9 somewhere between a request and its outcome: after a restart the end is the same, and nothing is there twice.</summary>
    [Fact]
    public async Task A_server_that_is_killed_at_any_moment_finishes_what_was_begun()
    {
        await using var cluster = await LiveCluster.StartAsync(bed, output);
        var chance = new Random(20);
        for (var round = 1; round <= Rounds; round++)
        {
            var acknowledged = await InterruptedAsync(cluster, chance, Enumerable.Range(1, Vms).Select<int, Func<Task<int>>>(
                i => () => cluster.Seed.CreateAsync($"r{round}-{i}", type: 1, image: i == 1 ? 1 : null)));
            var kept = await cluster.Objects.ListAsync(ResourceTypes.VirtualMachines);
            Assert.Subset(kept.Select(vm => vm.Status.Id).ToHashSet(), acknowledged.Where(vmid => vmid > 0).ToHashSet());
            output.WriteLine($"round {round}: of {Vms} VMs {kept.Count} were recorded");
            await Task.WhenAll(kept.Select(vm => cluster.RunsAsync(vm.Metadata.Name)));
            Assert.Equal(await BoundAsync(cluster), await cluster.DomainsAsync());
            Assert.Equal(kept.Count, cluster.Hosts.Sum(host => host.StoredFiles("vm-").Length));

            await InterruptedAsync(cluster, chance, kept.Select<VirtualMachine, Func<Task<int>>>(vm => () => cluster.Seed.DestroyAsync(vm.Status.Id)));
            foreach (var vm in (await cluster.Objects.ListAsync(ResourceTypes.VirtualMachines)).Where(vm => !vm.Metadata.Deleting))
            {
                Assert.Equal(1, await cluster.Seed.DestroyAsync(vm.Status.Id));
            }

            await cluster.NothingIsLeftAsync();
            await Eventually.SeesAsync("no record is left", () => cluster.Objects.ListAsync(ResourceTypes.VirtualMachines), left => left.Count == 0);
        }

        await Eventually.SeesAsync("only the living server's ssh processes are left", () => Task.FromResult(Forwards(cluster.Server)), count => count == cluster.Hosts.Count);
    }

    /// <summary>
    /// Makes the calls at once, kills the server when it has logged so many lines more (one per write and one per step), and starts it again.
    /// </summary>
    /// <returns>What those calls answered that were answered.</returns>
    private static async Task<IReadOnlyList<int>> InterruptedAsync(LiveCluster cluster, Random chance, IEnumerable<Func<Task<int>>> calls)
    {
        var lines = Lines(cluster) + chance.Next(LatestLine);
        var running = calls.Select(UnlessKilledAsync).ToList();
        var answered = Task.WhenAll(running);
        await Eventually.HoldsAsync("the moment has come", () => Task.FromResult(answered.IsCompleted || Lines(cluster) >= lines), Latest);
        await cluster.Server.KillAsync();
        var answers = await answered;
        await cluster.Server.StartAsync();
        return [.. answers.OfType<int>()];
    }

    private static int Lines(LiveCluster cluster) => cluster.Server.Log.Count(letter => letter == '\n');

    private static async Task<int?> UnlessKilledAsync(Func<Task<int>> call)
    {
        try
        {
            return await call();
        }
        catch (Exception broken) when (broken is HttpRequestException or IOException or JsonException)
        {
            return null;
        }
    }

    private static async Task<string[]> BoundAsync(LiveCluster cluster) =>
        [.. (await cluster.Objects.ListAsync(ResourceTypes.VirtualMachines)).Select(vm => $"{vm.Status.Host}/{vm.Metadata.Name}").Order(StringComparer.Ordinal)];

    /// <summary>How many ssh processes forward sockets for a server, dead or alive.</summary>
    [SuppressMessage("Design", "CA1031", Justification = "A process may end while its command line is read.")]
    private static int Forwards(ServerProcess server) => Directory.EnumerateDirectories("/proc").Count(process =>
    {
        try
        {
            var words = File.ReadAllText(Path.Combine(process, "cmdline")).Split('\0');
            return words[0] == "ssh" && words.Any(word => word.StartsWith(server.Sockets, StringComparison.Ordinal));
        }
        catch (Exception)
        {
            return false;
        }
    });
}
