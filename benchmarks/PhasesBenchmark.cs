using System.Globalization;
using Microsoft.Extensions.DependencyInjection;
using Orchestrator.Benchmarks.Support;
using Orchestrator.Storage;

namespace Orchestrator.Benchmarks;

/// <summary>Where the time of a create goes: one timeline of commits and of calls on the wire, of the fastest of some rounds.</summary>
internal static class PhasesBenchmark
{
    private const string Host = "pm";

    public static async Task RunAsync(string[] arguments)
    {
        var options = new Arguments(arguments);
        var disk = options.Number("disk", 0);
        await using var relay = await CountingRelay.StartAsync($"{Arguments.Bed}1");
        await using var server = await BenchServer.StartAsync();
        await server.PostAsync("instancetypes", null, Objects.Type("bench", 1, RawHost.MemoryMiB, disk));
        await server.AddHostAsync(Host, relay.Uri(options.Text("driver", "test"), options.Text("path", "default")));
        using var stop = new CancellationTokenSource();
        var commits = new List<(double At, string What)>();
        var following = FollowAsync(server.Services.GetRequiredService<IObjectStore>(), relay, commits, stop.Token);
        (double Took, List<(double At, string What)> Timeline)? best = null;
        for (var round = 0; round < options.Number("rounds", 30); round++)
        {
            var timeline = await RoundAsync(string.Create(CultureInfo.InvariantCulture, $"phases-{round}"), server, relay, commits);
            if (best is null || timeline[^1].At < best.Value.Took)
            {
                best = (timeline[^1].At, timeline);
            }
        }

        foreach (var (at, what) in best!.Value.Timeline)
        {
            Report.Line($"{at,8:F2} ms  {what}");
        }

        await stop.CancelAsync();
        await following;
    }

    private static async Task<List<(double At, string What)>> RoundAsync(string name, BenchServer server, CountingRelay relay, List<(double At, string What)> commits)
    {
        lock (commits)
        {
            commits.Clear();
        }

        relay.Take();
        var start = relay.Now;
        await server.CreateVmAsync(name, "bench");
        var answered = relay.Now;
        await server.Watch.UntilAsync(name, "Running");
        var running = relay.Now;
        var calls = relay.Take();
        List<(double At, string What)> timeline = [(answered, "POST answered"), (running, "the client hears of Running")];
        lock (commits)
        {
            timeline.AddRange(commits.Where(commit => commit.At <= running));
        }

        timeline.AddRange(RelayedCall.Pair(calls).Select(call => (call.At, FormattableString.Invariant($"    call {Procedures.Name(call.Procedure)}: answered after {call.Took:F2} ms"))));

        await server.DeleteVmAsync(name);
        await server.Watch.UntilAsync(name, VmWatch.Gone);
        await relay.QuietAsync(TimeSpan.FromMilliseconds(50));
        return [.. timeline.Select(one => (one.At - start, one.What)).OrderBy(one => one.Item1)];
    }

    private static async Task FollowAsync(IObjectStore store, CountingRelay relay, List<(double At, string What)> commits, CancellationToken stop)
    {
        try
        {
            await foreach (var happened in store.WatchAsync("", store.Revision, stop))
            {
                lock (commits)
                {
                    commits.Add((relay.Now, $"  commit {happened.Type} {happened.Entry.Key}"));
                }
            }
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            // All rounds are over.
        }
    }
}
