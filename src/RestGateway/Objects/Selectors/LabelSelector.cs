using Orchestrator.Model;

namespace Orchestrator.RestGateway.Objects.Selectors;

/// <summary>What one term of a label selector asks of a label.</summary>
public enum LabelOperator
{
    In,

    /// <summary>Another value, or no such label.</summary>
    NotIn,
    Exists,
    Absent,
}

/// <summary>One term of a label selector.</summary>
public sealed record LabelTerm(string Key, LabelOperator Operator, EquatableArray<string> Values)
{
    public bool Matches(IReadOnlyDictionary<string, string> labels) => Operator switch
    {
        LabelOperator.In => labels.TryGetValue(Key, out var value) && Values.Contains(value, StringComparer.Ordinal),
        LabelOperator.NotIn => !labels.TryGetValue(Key, out var value) || !Values.Contains(value, StringComparer.Ordinal),
        LabelOperator.Exists => labels.ContainsKey(Key),
        _ => !labels.ContainsKey(Key),
    };
}

/// <summary>A label selector as Kubernetes writes it: <c>tier=web,env in (a,b),!old</c>. Without terms it selects everything.</summary>
public sealed record LabelSelector(EquatableArray<LabelTerm> Terms)
{
    public static LabelSelector Everything { get; } = new([]);

    public bool Matches(IReadOnlyDictionary<string, string> labels) => Terms.All(term => term.Matches(labels));

    /// <exception cref="FormatException">Not a label selector; the message says where.</exception>
    public static LabelSelector Parse(string? text) => string.IsNullOrWhiteSpace(text) ? Everything : new([.. new Parser(text).Terms()]);

    /// <summary>Recursive descent over <c>term (',' term)*</c>.</summary>
    private sealed class Parser(string text)
    {
        private const string Stops = "=!(),";
        private int _at;

        public List<LabelTerm> Terms()
        {
            var terms = new List<LabelTerm> { Term() };
            while (Take(","))
            {
                terms.Add(Term());
            }

            return AtEnd ? terms : throw Unexpected("',' or the end");
        }

        private bool AtEnd => Peek() == '\0';

        private LabelTerm Term()
        {
            if (Take("!"))
            {
                return new(Key(), LabelOperator.Absent, []);
            }

            var key = Key();
            if (AtEnd || Peek() == ',')
            {
                return new(key, LabelOperator.Exists, []);
            }

            if (Take("==") || Take("="))
            {
                return new(key, LabelOperator.In, [Value()]);
            }

            if (Take("!="))
            {
                return new(key, LabelOperator.NotIn, [Value()]);
            }

            return Word() switch
            {
                "in" => new(key, LabelOperator.In, Set()),
                "notin" => new(key, LabelOperator.NotIn, Set()),
                _ => throw Unexpected("=, ==, !=, in or notin"),
            };
        }

        private EquatableArray<string> Set()
        {
            if (!Take("("))
            {
                throw Unexpected("'('");
            }

            var values = new List<string> { Value() };
            while (Take(","))
            {
                values.Add(Value());
            }

            return Take(")") ? [.. values] : throw Unexpected("',' or ')'");
        }

        private string Key() => Word() is { } key && Names.IsLabelKey(key) ? key : throw Unexpected("a label key");

        private string Value() => Word() is var value && (value.Length == 0 || Names.IsName(value)) ? value : throw Unexpected("a label value");

        private string Word()
        {
            Peek();
            var from = _at;
            while (_at < text.Length && !char.IsWhiteSpace(text[_at]) && !Stops.Contains(text[_at], StringComparison.Ordinal))
            {
                _at++;
            }

            return text[from.._at];
        }

        private bool Take(string token)
        {
            Peek();
            if (string.CompareOrdinal(text, _at, token, 0, token.Length) != 0)
            {
                return false;
            }

            _at += token.Length;
            return true;
        }

        private char Peek()
        {
            while (_at < text.Length && char.IsWhiteSpace(text[_at]))
            {
                _at++;
            }

            return _at < text.Length ? text[_at] : '\0';
        }

        private FormatException Unexpected(string wanted) => new($"at position {_at + 1} of the label selector: expected {wanted}");
    }
}
