using Microsoft.Extensions.DependencyInjection;
using Orchestrator.Benchmarks.Support;
using Orchestrator.Libvirt;
using Orchestrator.Reconciler;

namespace Orchestrator.Benchmarks;

/// <summary>
/// A domain destroyed behind the server's back: how long until it runs again. By event, and with events off by a sweep that begins at that
/// moment (the schedule's interval comes on top); beside libvirt's own destroy and create.
/// </summary>
internal static class RepairBenchmark
{
    private const string Name = "repaired";

    public static async Task RunAsync(string[] arguments)
    {
        var options = new Arguments(arguments);
        var rounds = options.Number("rounds", 10);
        var uri = options.Text("uri", $"qemu+ssh://root@{Arguments.Bed}1/system");
        Report.Load("before");
        await using var raw = await RawHost.ConnectAsync(uri);
        var plain = await RawAsync(raw, rounds);
        var byEvent = await OursAsync(raw, uri, rounds, events: true);
        var bySweep = await OursAsync(raw, uri, rounds, events: false);
        Array.ForEach([plain, byEvent, bySweep], times => Report.Line($"{times}"));
        Report.Line($"ratio to plain: by event {byEvent.P50 / plain.P50:F2}, by sweep {bySweep.P50 / plain.P50:F2}");
        Report.Load("after");
    }

    private static async Task<Times> RawAsync(RawHost raw, int rounds)
    {
        var times = new Times("libvirt destroy, then create");
        var domain = await raw.DefineAndStartAsync(raw.Definition("plain", Guid.NewGuid(), disk: false));
        for (var round = 0; round < rounds; round++)
        {
            await times.MeasureAsync(async () =>
            {
                await raw.Connection.DestroyAsync(domain, DomainDestroyFlags.None, CancellationToken.None);
                await raw.Connection.StartAsync(domain, DomainStartFlags.None, CancellationToken.None);
            });
        }

        await raw.RemoveAsync(domain);
        return times;
    }

    private static async Task<Times> OursAsync(RawHost raw, string uri, int rounds, bool events)
    {
        await using var server = await BenchServer.StartAsync(options => options with { Libvirt = options.Libvirt with { Events = events } });
        await server.PostAsync("instancetypes", null, Objects.Type("bench", 1, RawHost.MemoryMiB, 0));
        await server.AddHostAsync("pm", uri);
        var times = new Times(events ? "ours, destroyed until running again, by event" : "ours, destroyed until running again, by sweep");
        var sweeper = server.Services.GetRequiredService<Operator>();
        for (var round = 0; round < rounds; round++)
        {
            // A new VM each time: one that ends again soon after its start is held back on purpose.
            await server.CreateVmAsync(Name, "bench");
            await server.Watch.UntilAsync(Name, "Running");
            var domain = (await raw.Connection.FindDomainAsync(Name, CancellationToken.None))!;
            await times.MeasureAsync(async () =>
            {
                await raw.Connection.DestroyAsync(domain, DomainDestroyFlags.None, CancellationToken.None);
                if (!events)
                {
                    await sweeper.SweepAllAsync(deep: false, CancellationToken.None);
                }

                await RunningAgainAsync(raw, domain);
            });
            await server.DeleteVmAsync(Name);
            await server.Watch.UntilAsync(Name, VmWatch.Gone);
        }

        return times;
    }

    /// <summary>Asked of libvirt itself.</summary>
    private static async Task RunningAgainAsync(RawHost raw, DomainRef domain)
    {
        while (await raw.Connection.GetStateAsync(domain, CancellationToken.None) is not { State: DomainState.Running })
        {
            await Task.Delay(TimeSpan.FromMilliseconds(2), TimeProvider.System);
        }
    }
}
