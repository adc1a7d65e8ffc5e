using System.Diagnostics;

namespace Orchestrator.Benchmarks.Support;

/// <summary>Durations of one kind, in milliseconds.</summary>
internal sealed class Times(string name)
{
    private readonly List<double> _all = [];

    public string Name => name;

    public double P50 => At(0.5);

    public double P99 => At(0.99);

    public void Add(double milliseconds) => _all.Add(milliseconds);

    /// <summary>Does something and notes how long it took.</summary>
    public async Task<double> MeasureAsync(Func<Task> what)
    {
        var start = Stopwatch.GetTimestamp();
        await what();
        var took = Stopwatch.GetElapsedTime(start).TotalMilliseconds;
        Add(took);
        return took;
    }

    /// <summary>The median of the differences, round by round.</summary>
    public double Over(Times raw) => Median([.. _all.Zip(raw._all, (mine, other) => mine - other)]);

    public override string ToString() =>
        FormattableString.Invariant($"{name,-52} p50 {P50,8:F1} ms   p99 {P99,8:F1} ms   best {At(0),8:F1} ms   n {_all.Count}");

    private static double Median(IReadOnlyList<double> values) => values.Order().ElementAt(values.Count / 2);

    private double At(double part) => _all.Order().ElementAt(Math.Min((int)(_all.Count * part), _all.Count - 1));
}
