using System.Globalization;

namespace Orchestrator.Benchmarks.Support;

/// <summary>The options of a benchmark: <c>--name value</c>.</summary>
internal sealed class Arguments(string[] words)
{
    public int Number(string name, int otherwise) =>
        Find(name) is { } text ? int.Parse(text, CultureInfo.InvariantCulture) : otherwise;

    public string Text(string name, string otherwise) => Find(name) ?? otherwise;

    /// <summary>The test bed's prefix of host names: hosts are PREFIX1, PREFIX2, …</summary>
    public static string Bed => Environment.GetEnvironmentVariable("TB_NAME") is { Length: > 0 } name ? name : "tb";

    private string? Find(string name) => Array.IndexOf(words, "--" + name) is >= 0 and var at && at + 1 < words.Length ? words[at + 1] : null;
}
