using System.Globalization;
using Orchestrator.Model;

namespace Orchestrator.ThreeFiles;

/// <summary>Takes the fields of one entry, noting what is wrong with them.</summary>
internal sealed class Fields
{
    private readonly MapLiteral _map;
    private readonly Problems _problems;

    public Fields(MapLiteral map, Problems problems, params string[] known)
    {
        _map = map;
        _problems = problems;
        foreach (var (key, _) in map.Entries.Where(entry => !known.Contains(entry.Key.Text)))
        {
            Wrong(key.Line, $"'{key.Text}' is not a known field; known are {string.Join(", ", known)}");
        }
    }

    /// <summary>True while nothing was wrong.</summary>
    public bool Good { get; private set; } = true;

    /// <summary>The entries of <c>{"name": […]}</c>, or of the list alone.</summary>
    /// <exception cref="LiteralException">It is neither.</exception>
    public static IReadOnlyList<Literal> List(Literal root, string name)
    {
        var list = root is MapLiteral map ? map[name] ?? throw new LiteralException(map.Line, $"has no '{name}'") : root;
        return list is ListLiteral { Items: var items } ? items : throw new LiteralException(list.Line, $"'{name}' must be a list, not {list.Shown}");
    }

    public static StringMap IdAnnotation(int? id) =>
        id is { } number ? StringMap.Empty.With(Admission.IdAnnotation, number.ToString(CultureInfo.InvariantCulture)) : StringMap.Empty;

    public string? Text(string name)
    {
        switch (_map[name])
        {
            case null or WordLiteral { Word: "null" }:
                return null;
            case TextLiteral text:
                return text.Text;
            case var other:
                Wrong(other.Line, $"{name} must be a text in quotes, not {other.Shown}");
                return null;
        }
    }

    /// <summary>A whole number of at least <paramref name="least"/>; null when it is not given or wrong.</summary>
    public int? Whole(string name, int least)
    {
        switch (_map[name])
        {
            case null or WordLiteral { Word: "null" }:
                return null;
            case NumberLiteral number when int.TryParse(number.Text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var value) && value >= least:
                return value;
            case var other:
                Wrong(other.Line, $"{name} must be a whole number from {least} to {int.MaxValue}, not {other.Shown}");
                return null;
        }
    }

    /// <summary>The same, and it must be there.</summary>
    public int Needed(string name, int least)
    {
        if (_map[name] is null or WordLiteral { Word: "null" })
        {
            Wrong(_map.Line, $"{name} is missing");
        }

        return Whole(name, least) ?? least;
    }

    public void Wrong(int line, string reason)
    {
        Good = false;
        _problems.Add(line, reason);
    }
}
