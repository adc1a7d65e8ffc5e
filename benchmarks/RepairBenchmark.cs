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
    public static async Task RunAsync(string[] arguments)
    {
        var options = new Arguments(arguments);
        var rounds = options.Number("rounds", 10);
        var uri = options.Text("uri", $"qemu+ssh://root@{Arguments.Bed}1/system");
        await using var raw = await RawHost.ConnectAsync(uri);
        await using var eventful = await StartAsync(uri, events: true);
        await using var deaf = await StartAsync(uri, events: false);
        var (plain, byEvent, bySweep) = (new Times("libvirt destroy, then create"), new Times("ours, destroyed until running again, by event"), new Times("ours, destroyed until running again, by sweep"));
        Report.Load("before");
        for (var round = 0; round < rounds; round++)
        {
            await RawAsync(raw, plain);
            await OursAsync(raw, eventful, "by-event", byEvent, () => ValueTask.CompletedTask);
            var sweeper = deaf.Services.GetRequiredService<Operator>();
            await OursAsync(raw, deaf, "by-sweep", bySweep, () => sweeper.SweepAllAsync(deep: false, CancellationToken.None));
        }

        Array.ForEach([plain, byEvent, bySweep], times => Report.Line($"{times}"));
        Report.Line($"ratio to plain: by event {byEvent.P50 / plain.P50:F2}, by sweep {bySweep.P50 / plain.P50:F2}; over plain, round by round: {byEvent.Over(plain):F1} ms, {bySweep.Over(plain):F1} ms");
        Report.Load("after");
    }

    private static async Task<BenchServer> StartAsync(string uri, bool events)
    {
        var server = await BenchServer.StartAsync(options => options with { Libvirt = options.Libvirt with { Events = events } });
        await server.PostAsync("instancetypes", null, Objects.Type("bench", 1, RawHost.MemoryMiB, 0));
        await server.AddHostAsync("pm", uri);
        return server;
    }

    private static async Task RawAsync(RawHost raw, Times times)
    {
        var domain = await raw.DefineAndStartAsync(raw.Definition("plain", Guid.NewGuid(), disk: false));
        await times.MeasureAsync(async () =>
        {
            await raw.Connection.DestroyAsync(domain, DomainDestroyFlags.None, CancellationToken.None);
            await raw.Connection.StartAsync(domain, DomainStartFlags.None, CancellationToken.None);
        });
        await raw.RemoveAsync(domain);
    }

    /// <summary>With a new VM: one that ends again soon after its start is held back on purpose.</summary>
    private static async Task OursAsync(RawHost raw, BenchServer server, string name, Times times, Func<ValueTask> hint)
    {
        await server.CreateVmAsync(name, "bench");
        await server.Watch.UntilAsync(name, "Running");
        var domain = (await raw.Connection.FindDomainAsync(name, CancellationToken.None))!;
        await times.MeasureAsync(async () =>
        {
            await raw.Connection.DestroyAsync(domain, DomainDestroyFlags.None, CancellationToken.None);
            await hint();
            await RunningAgainAsync(raw, domain);
        });
        await server.DeleteVmAsync(name);
        await server.Watch.UntilAsync(name, VmWatch.Gone);
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
