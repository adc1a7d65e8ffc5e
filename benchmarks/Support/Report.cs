using System.Globalization;

namespace Orchestrator.Benchmarks.Support;

/// <summary>What a benchmark prints. It keeps the terminal, while the server's log goes to a file.</summary>
internal static class Report
{
    private static readonly TextWriter _terminal = Console.Out;

    public static void Line(FormattableString text) => _terminal.WriteLine(text.ToString(CultureInfo.InvariantCulture));

    /// <summary>Load averages: figures of a busy machine are to be read as ratios only.</summary>
    public static void Load(string when)
    {
        var words = File.ReadAllText("/proc/loadavg").Split(' ');
        Line($"load {when}: {words[0]} {words[1]} on {Environment.ProcessorCount} processors");
    }

    public static void Target(string what, double ours, double target, string unit) =>
        Line($"{what,-52} {ours,12:F1} {unit}   target <= {target} {unit}: {(ours <= target ? "met" : "NOT met")}");
}
