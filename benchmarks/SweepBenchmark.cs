using System.Diagnostics;
using System.Globalization;
using Microsoft.Extensions.DependencyInjection;
using Orchestrator.Benchmarks.Support;
using Orchestrator.Planning;

namespace Orchestrator.Benchmarks;

/// <summary>Sweeps of a host with many domains of which nothing changed: calls on the wire, and processor time of this process.</summary>
internal static class SweepBenchmark
{
    private const string Host = "pm";
    private static readonly TimeSpan _quiet = TimeSpan.FromMilliseconds(500);

    public static async Task RunAsync(string[] arguments)
    {
        var options = new Arguments(arguments);
        var count = options.Number("count", 1000);
        await using var relay = await CountingRelay.StartAsync($"{Arguments.Bed}1");

        // The schedules rest: every sweep here is our own.
        await using var server = await BenchServer.StartAsync(with => with with { Reconciler = with.Reconciler with { SweepSeconds = 86_400, DeepSweepSeconds = 86_400, LookSeconds = 86_400 } });
        await server.PostAsync("instancetypes", null, Objects.Type("bench", 1, RawHost.MemoryMiB, 0));
        await server.AddHostAsync(Host, relay.Uri("test", "default"));
        for (var number = 0; number < count; number++)
        {
            await server.CreateVmAsync(string.Create(CultureInfo.InvariantCulture, $"swept-{number:D4}"), "bench");
        }

        await server.Watch.UntilAllAsync(count, "Running");
        await relay.QuietAsync(_quiet);
        Report.Load("before");
        await MeasureAsync($"light sweep of {count} domains", server, relay, deep: false, options.Number("rounds", 20), target: 50);
        await MeasureAsync($"deep sweep of {count} domains", server, relay, deep: true, 3, target: null);
        Report.Load("after");
        for (var number = 0; number < count; number++)
        {
            await server.DeleteVmAsync(string.Create(CultureInfo.InvariantCulture, $"swept-{number:D4}"));
        }

        await server.Watch.UntilAllAsync(0, VmWatch.Gone);
    }

    private static async Task MeasureAsync(string what, BenchServer server, CountingRelay relay, bool deep, int rounds, double? target)
    {
        var connector = server.Services.GetRequiredService<IHostConnector>();
        var processor = new Times($"{what}, processor time");
        var elapsed = new Times($"{what}, elapsed");
        var calls = new List<int>();
        for (var round = -2; round < rounds; round++)
        {
            relay.Take();
            var process = Process.GetCurrentProcess();
            var before = process.TotalProcessorTime;
            var start = relay.Now;
            await connector.SweepAsync(Host, deep, CancellationToken.None);
            if (deep)
            {
                await relay.QuietAsync(_quiet);
            }

            process.Refresh();
            var frames = relay.Take();
            if (round >= 0)
            {
                processor.Add((process.TotalProcessorTime - before).TotalMilliseconds);
                elapsed.Add(frames.Max(frame => frame.At) - start);
                calls.Add(frames.Count(frame => !frame.Reply));
            }
        }

        Report.Line($"{processor}");
        Report.Line($"{elapsed}");
        Report.Line($"{"  calls on the wire (median)",-52} {calls.Order().ElementAt(calls.Count / 2),12}");
        if (target is { } limit)
        {
            Report.Target("  round trips", calls.Max(), 1, "calls");
            Report.Target("  processor time p50, the counting relay's included", processor.P50, limit, "ms");
        }
    }
}
