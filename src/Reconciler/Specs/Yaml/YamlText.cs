using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace Orchestrator.Reconciler.Specs.Yaml;

/// <summary>
/// Reads a YAML text into documents, one at a time, from the parser's events. Nesting is bounded while reading,
/// so that no text makes us recurse or wait without end; what aliases multiply is bounded by <see cref="JsonText"/>.
/// </summary>
internal sealed class YamlText
{
    public const int MaxDepth = 64;
    public const int MaxNodes = 100_000;

    private readonly Parser _parser;
    private readonly Dictionary<string, YamlNode> _anchors = new(StringComparer.Ordinal);
    private readonly string _text;
    private int _nodes;
    private SpecPosition _reached = SpecPosition.Start;

    private YamlText(string text) => (_text, _parser) = (text, new Parser(new StringReader(text)));

    /// <summary>The documents of the text in order, without those that are empty. Enumerating throws <see cref="YamlRefusedException"/> where the text goes wrong.</summary>
    public static IEnumerable<YamlNode> Documents(string text)
    {
        var reader = new YamlText(text);
        while (reader.NextDocument() is { } document)
        {
            if (document is not YamlScalar { IsNull: true })
            {
                yield return document;
            }
        }
    }

    private YamlNode? NextDocument()
    {
        while (Next() is { } next)
        {
            if (next is DocumentStart)
            {
                _anchors.Clear();
                return Node(Next()!, depth: 1);
            }
        }

        return null;
    }

    private ParsingEvent? Next()
    {
        try
        {
            if (!_parser.MoveNext())
            {
                return null;
            }

            _reached = Position(_parser.Current!.Start);
            return _parser.Current;
        }
        catch (YamlException problem)
        {
            var at = Position(problem.Start);
            throw problem.Message.Contains("tab", StringComparison.Ordinal) && IndentedByTab(at.Line) is { } tab
                ? new YamlRefusedException(tab, "is not valid YAML: tabs cannot indent; use spaces")
                : new YamlRefusedException(at, "is not valid YAML: " + problem.Message.TrimEnd('.'));
        }
        catch (Exception problem) when (problem is InvalidOperationException or ArgumentException or FormatException)
        {
            // The parser loses its way without a proper error in some broken texts, most often at brackets that are not closed.
            throw new YamlRefusedException(_reached, "is not valid YAML from here on; is a bracket, a brace or a quote not closed?");
        }
    }

    private YamlNode Node(ParsingEvent read, int depth)
    {
        var at = Position(read.Start);
        if (depth > MaxDepth)
        {
            throw new YamlRefusedException(at, $"is nested deeper than {MaxDepth} levels");
        }

        if (++_nodes > MaxNodes)
        {
            throw new YamlRefusedException(at, $"the file has more than {MaxNodes} values");
        }

        if (read is AnchorAlias alias)
        {
            return _anchors.TryGetValue(alias.Value.Value, out var known)
                ? known
                : throw new YamlRefusedException(at, $"the alias *{alias.Value.Value} stands for nothing that was said before");
        }

        YamlNode node = read switch
        {
            Scalar scalar => new YamlScalar(at, Token(scalar, at)),
            SequenceStart => List(at, depth),
            MappingStart => Map(at, depth),
            _ => throw new YamlRefusedException(at, "a value was expected"),
        };
        if (read is NodeEvent { Anchor: { IsEmpty: false } anchor })
        {
            _anchors[anchor.Value] = node;
        }

        return node;
    }

    private YamlList List(SpecPosition at, int depth)
    {
        var items = new List<YamlNode>();
        while (Next() is { } next and not SequenceEnd)
        {
            items.Add(Node(next, depth + 1));
        }

        return new(at, items);
    }

    private YamlMap Map(SpecPosition at, int depth)
    {
        var entries = new List<YamlEntry>();
        var seen = new Dictionary<string, SpecPosition>(StringComparer.Ordinal);
        while (Next() is { } next and not MappingEnd)
        {
            var where = Position(next.Start);
            if (next is not Scalar { Value: var key })
            {
                throw new YamlRefusedException(where, "a key must be a plain word");
            }

            MustBeText(key, where);

            if (key == "<<")
            {
                throw new YamlRefusedException(where, "merge keys (<<) are not supported; write the fields out");
            }

            if (!seen.TryAdd(key, where))
            {
                throw new YamlRefusedException(where, $"'{key}' is given twice in the same map (first at line {seen[key].Line})");
            }

            entries.Add(new(where, key, Node(Next()!, depth + 1)));
        }

        return new(at, entries);
    }

    private static void MustBeText(string text, SpecPosition at)
    {
        for (var i = 0; i < text.Length; i++)
        {
            if (char.IsSurrogate(text[i]) && (i + 1 == text.Length || !char.IsSurrogatePair(text[i], text[++i])))
            {
                throw new YamlRefusedException(at, "contains half of a character (a lone surrogate)");
            }
        }
    }

    private static string Token(Scalar scalar, SpecPosition at)
    {
        MustBeText(scalar.Value, at);
        try
        {
            return scalar switch
            {
                { Tag: { IsEmpty: false } tag } => CoreSchema.Tagged(tag.Value, scalar.Value),
                { Style: ScalarStyle.Plain } => CoreSchema.Plain(scalar.Value),
                _ => CoreSchema.Text(scalar.Value),
            };
        }
        catch (FormatException problem)
        {
            throw new YamlRefusedException(at, problem.Message);
        }
    }

    private static SpecPosition Position(Mark mark) => new((int)Math.Max(mark.Line, 1), (int)Math.Max(mark.Column, 1));

    /// <summary>The first line from this one on that starts with a tab, maybe after spaces.</summary>
    private SpecPosition? IndentedByTab(int line)
    {
        var lines = _text.Split('\n');
        var found = Array.FindIndex(lines, Math.Min(line, lines.Length) - 1, text => text.AsSpan().TrimStart(' ').StartsWith('\t'));
        return found < 0 ? null : new(found + 1, lines[found].IndexOf('\t', StringComparison.Ordinal) + 1);
    }
}
