using System.Collections.Concurrent;
using System.Diagnostics;

namespace Orchestrator.Benchmarks;

/// <summary>What a timed run showed: operations per second and latency percentiles.</summary>
internal sealed record Latencies(double PerSecond, double P50, double P99, double Worst)
{
    /// <summary>Lets so many clients repeat an operation, one after the other each, for a time.</summary>
    public static async Task<Latencies> MeasureAsync(int clients, TimeSpan length, Func<int, Task> operation)
    {
        var all = new ConcurrentBag<List<double>>();
        var start = Stopwatch.GetTimestamp();
        await Task.WhenAll(Enumerable.Range(0, clients).Select(client => Task.Run(async () =>
        {
            var mine = new List<double>();
            while (Stopwatch.GetElapsedTime(start) < length)
            {
                var before = Stopwatch.GetTimestamp();
                await operation(client);
                mine.Add(Stopwatch.GetElapsedTime(before).TotalMilliseconds);
            }

            all.Add(mine);
        })));
        var elapsed = Stopwatch.GetElapsedTime(start).TotalSeconds;
        var sorted = all.SelectMany(one => one).Order().ToArray();
        return new(sorted.Length / elapsed, sorted[sorted.Length / 2], sorted[sorted.Length * 99 / 100], sorted[^1]);
    }

    public override string ToString() =>
        FormattableString.Invariant($"{PerSecond,8:F0}/s   p50 {P50,6:F2} ms   p99 {P99,6:F2} ms   worst {Worst,7:F2} ms");
}
