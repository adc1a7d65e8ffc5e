using System.Collections.Concurrent;
using System.Globalization;
using Orchestrator.Benchmarks.Support;
using Orchestrator.Libvirt;

namespace Orchestrator.Benchmarks;

/// <summary>Many VMs at once on hosts with libvirt's test driver: until all run, then until all are gone; beside plain calls, 4 in flight.</summary>
internal static class ThousandBenchmark
{
    private const int Clients = 16;
    private const int InFlight = 4;

    public static async Task RunAsync(string[] arguments)
    {
        var options = new Arguments(arguments);
        var count = options.Number("count", 1000);
        Report.Load("before");
        for (var round = 1; round <= options.Number("rounds", 2); round++)
        {
            var (rawUp, rawDown) = await RawAsync(Uri(1), count);
            Report.Line($"round {round}: {count} plain define+create on 1 host, {InFlight} in flight: {rawUp:F2} s; destroy+undefine {rawDown:F2} s");
            foreach (var hosts in new[] { 1, 3 })
            {
                var (up, down) = await OursAsync(hosts, count);
                Report.Line($"  ours on {hosts} host(s): all Running after {up:F2} s ({up / rawUp:F2} of plain on one host), all gone after {down:F2} s ({down / rawDown:F2})");
            }
        }

        Report.Load("after");
    }

    private static string Uri(int host) => $"test+ssh://root@{Arguments.Bed}{host}/default";

    private static async Task<(double Up, double Down)> RawAsync(string uri, int count)
    {
        await using var raw = await RawHost.ConnectAsync(uri);
        var xml = new ConcurrentQueue<string>(Enumerable.Range(0, count).Select(number => raw.Definition(Name(number), Guid.NewGuid(), disk: false)));
        var domains = new ConcurrentQueue<DomainRef>();
        var up = await TimeAsync(InFlight, xml, async definition => domains.Enqueue(await raw.DefineAndStartAsync(definition)));
        var down = await TimeAsync(InFlight, domains, raw.RemoveAsync);
        return (up, down);
    }

    private static async Task<(double Up, double Down)> OursAsync(int hosts, int count)
    {
        await using var server = await BenchServer.StartAsync();
        await server.PostAsync("instancetypes", null, Objects.Type("bench", 1, RawHost.MemoryMiB, 0));
        for (var host = 1; host <= hosts; host++)
        {
            await server.AddHostAsync(string.Create(CultureInfo.InvariantCulture, $"pm{host}"), Uri(host));
        }

        string[] names = [.. Enumerable.Range(0, count).Select(Name)];
        var up = new Times("up");
        await up.MeasureAsync(async () =>
        {
            await TimeAsync(Clients, new ConcurrentQueue<string>(names), name => server.CreateVmAsync(name, "bench"));
            await server.Watch.UntilAllAsync(count, "Running");
        });
        var down = new Times("down");
        await down.MeasureAsync(async () =>
        {
            await TimeAsync(Clients, new ConcurrentQueue<string>(names), server.DeleteVmAsync);
            await server.Watch.UntilAllAsync(0, VmWatch.Gone);
        });
        return (up.P50 / 1000, down.P50 / 1000);
    }

    /// <summary>Seconds until so many workers have done something with every item.</summary>
    private static async Task<double> TimeAsync<T>(int workers, ConcurrentQueue<T> items, Func<T, Task> what)
    {
        var times = new Times("all");
        await times.MeasureAsync(() => Task.WhenAll(Enumerable.Range(0, workers).Select(async _ =>
        {
            while (items.TryDequeue(out var item))
            {
                await what(item);
            }
        })));
        return times.P50 / 1000;
    }

    private static string Name(int number) => string.Create(CultureInfo.InvariantCulture, $"many-{number:D4}");
}
