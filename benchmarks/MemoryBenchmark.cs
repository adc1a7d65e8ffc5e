using System.Globalization;
using Orchestrator.Benchmarks.Support;

namespace Orchestrator.Benchmarks;

/// <summary>What the server's process needs when nothing happens, with 3 PMs and 100 VMs (libvirt's test driver).</summary>
internal static class MemoryBenchmark
{
    private const double Target = 100;

    /// <summary>Settings of the runtime to compare, after those that the server is shipped with.</summary>
    private static readonly (string Name, (string Key, string Value)[] Set)[] _variants =
    [
        ("as shipped", []),
        ("tiered PGO on", [("DOTNET_TieredPGO", "1")]),
        ("concurrent GC off", [("DOTNET_gcConcurrent", "0")]),
        ("conserve memory 7", [("DOTNET_GCConserveMemory", "7")]),
        ("server GC", [("DOTNET_gcServer", "1")]),
        ("generation 0 of 4 MB", [("DOTNET_GCgen0size", "0x400000")]),
        ("no W^X", [("DOTNET_EnableWriteXorExecute", "0")]),
    ];

    public static async Task RunAsync(string[] arguments)
    {
        var options = new Arguments(arguments);
        var hosts = options.Number("hosts", 3);
        var count = options.Number("vms", 100);
        var rest = TimeSpan.FromSeconds(options.Number("rest", 20));
        var only = options.Text("only", "");
        Report.Line($"{hosts} PMs, {count} VMs, {rest.TotalSeconds:F0} s of rest; MB of 1,000,000 bytes");
        foreach (var (name, set) in _variants.Where(variant => only.Length == 0 || variant.Name == only))
        {
            await using var server = await ServerProcess.StartAsync(set);
            await FillAsync(server, hosts, count);
            await Task.Delay(rest, TimeProvider.System);
            var memory = await server.MemoryAsync();
            Report.Line($"{name,-20} {memory}");
            if (set.Length == 0)
            {
                Report.Target("resident, as shipped", memory.Resident / 1e6, Target, "MB");
            }

            await EmptyAsync(server, count);
        }
    }

    private static async Task FillAsync(ServerProcess server, int hosts, int count)
    {
        await server.PostAsync("instancetypes", Objects.Type("bench", 1, RawHost.MemoryMiB, 0));
        for (var host = 1; host <= hosts; host++)
        {
            var number = host.ToString(CultureInfo.InvariantCulture);
            await server.PostAsync("physicalmachines", Objects.Host($"pm{number}", $"test+ssh://root@{Arguments.Bed}{number}/default", "/var/lib/libvirt/orchestrator-bench"));
        }

        for (var number = 0; number < count; number++)
        {
            await server.PostAsync("namespaces/default/virtualmachines", Objects.Vm(Name(number), "bench"));
        }

        await server.Watch.UntilAllAsync(count, "Running");
    }

    private static async Task EmptyAsync(ServerProcess server, int count)
    {
        for (var number = 0; number < count; number++)
        {
            await server.DeleteAsync($"namespaces/default/virtualmachines/{Name(number)}");
        }

        await server.Watch.UntilAllAsync(0, VmWatch.Gone);
    }

    private static string Name(int number) => string.Create(CultureInfo.InvariantCulture, $"idle-{number:D3}");
}
