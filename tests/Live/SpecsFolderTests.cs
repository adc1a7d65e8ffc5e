using System.Diagnostics;
using Orchestrator.Model;
using Orchestrator.Testing;
using Xunit.Abstractions;

namespace Orchestrator.Live;

[Collection(nameof(LiveBed))]
public sealed class SpecsFolderTests(LiveBed bed, ITestOutputHelper output)
{
    private const string Spec =
        """
        apiVersion: orchestrator.vm/v1
        kind: VirtualMachine
        metadata:
          name: filed
        spec:
          cpu: CPU
          memory: 64Mi
          disk: 1Gi
          terminationGracePeriodSeconds: 1
        """;

    /// <summary>The shortest way there is: a file is a running VM, its edit a change, its removal the end.</summary>
    [Fact]
    public async Task A_file_is_a_machine()
    {
        await using var cluster = await LiveCluster.StartAsync(bed, output);
        var file = Path.Combine(cluster.Server.Specs, "team", "filed.yaml");
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);

        var began = Stopwatch.GetTimestamp();
        await File.WriteAllTextAsync(file, Spec.Replace("CPU", "1", StringComparison.Ordinal));
        var host = cluster.HostOf(await cluster.RunsAsync("filed"));
        cluster.Note("file dropped to Running", began);
        Assert.Equal(["filed"], await host.RunningAsync());

        began = Stopwatch.GetTimestamp();
        await File.WriteAllTextAsync(file, Spec.Replace("CPU", "2", StringComparison.Ordinal));
        await Eventually.SeesAsync("the guest has two processors", () => host.VirshAsync("vcpucount", "--live", "--current", "filed"), count => count == "2");
        cluster.Note("file edited to two processors", began);

        began = Stopwatch.GetTimestamp();
        File.Delete(file);
        await cluster.IsGoneAsync("filed");
        cluster.Note("file removed to gone", began);
        await cluster.NothingIsLeftAsync();
        Assert.Equal(3, (await cluster.Objects.ListAsync(ResourceTypes.PhysicalMachines)).Count);
    }
}
