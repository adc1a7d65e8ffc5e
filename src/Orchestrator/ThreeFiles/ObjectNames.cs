using System.Text.RegularExpressions;
using Orchestrator.Model;

namespace Orchestrator.ThreeFiles;

/// <summary>Makes legal names of what people wrote, each one once.</summary>
internal sealed partial class ObjectNames(string fallback)
{
    private const int Longest = 63;

    private readonly HashSet<string> _taken = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>False when the name is taken.</summary>
    public bool Take(string name) => _taken.Add(name);

    /// <summary>The text itself if it is a free name; else a legal, free one like it: <c>web</c>, <c>web-2</c>.</summary>
    public string Make(string text)
    {
        var legal = Cut(Illegal().Replace(text, "-").Trim('-', '.', '_'), Longest);
        legal = Names.IsName(legal) ? legal : fallback;
        var name = legal;
        for (var i = 2; !Take(name); i++)
        {
            var suffix = $"-{i}";
            name = Cut(legal, Longest - suffix.Length) + suffix;
        }

        return name;
    }

    private static string Cut(string text, int length) => text.Length <= length ? text : text[..length].TrimEnd('-', '.', '_');

    [GeneratedRegex("[^A-Za-z0-9._-]+", RegexOptions.None, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Illegal();
}
