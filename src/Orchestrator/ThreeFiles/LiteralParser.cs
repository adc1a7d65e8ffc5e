using System.Globalization;
using System.Text;

namespace Orchestrator.ThreeFiles;

/// <summary>
/// Reads one value written in JSON or as a Python literal: single or double quotes, trailing commas, <c>#</c> comments,
/// <c>name =</c> in front, <c>True</c>, <c>False</c>, <c>None</c>, parentheses. Nothing is evaluated.
/// </summary>
internal sealed class LiteralParser
{
    private const int MaxDepth = 32;
    private const char End = '\0';

    private readonly string _text;
    private int _at;
    private int _line = 1;

    private LiteralParser(string text) => _text = text;

    private char Here => _at < _text.Length ? _text[_at] : End;

    /// <exception cref="LiteralException">The text is not one such value.</exception>
    public static Literal Parse(string text)
    {
        var parser = new LiteralParser(text);
        parser.SkipAssignment();
        var value = parser.Value(1);
        parser.Space();
        return parser._at == text.Length ? value : throw parser.Wrong($"there is more after the end of the value: {InputFile.Show(parser.RestOfLine())}");
    }

    private Literal Value(int depth)
    {
        Space();
        if (depth > MaxDepth)
        {
            throw Wrong($"is nested deeper than {MaxDepth} levels");
        }

        return Here switch
        {
            '{' => Map(depth),
            '[' => List(']', depth),
            '(' => Parenthesised(depth),
            '\'' or '"' => Text(),
            '-' or '+' or '.' or (>= '0' and <= '9') => Number(),
            End => throw Wrong("the file ends where a value was expected"),
            var c when char.IsLetter(c) || c == '_' => Word(),
            _ => throw Wrong($"a value was expected, not {InputFile.Show(RestOfLine())}"),
        };
    }

    private MapLiteral Map(int depth)
    {
        var (line, entries, seen) = (_line, new List<(TextLiteral, Literal)>(), new Dictionary<string, int>(StringComparer.Ordinal));
        _at++;
        while (!Closes('}', line))
        {
            if (Here is not ('\'' or '"'))
            {
                throw Wrong($"a key in quotes was expected, not {InputFile.Show(RestOfLine())}");
            }

            var key = Text();
            if (!seen.TryAdd(key.Text, key.Line))
            {
                throw new LiteralException(key.Line, $"'{key.Text}' is given twice in the same entry");
            }

            Space();
            if (Here != ':')
            {
                throw Wrong($"a ':' was expected after '{key.Text}'");
            }

            _at++;
            entries.Add((key, Value(depth + 1)));
            Comma('}');
        }

        return new(line, entries);
    }

    private ListLiteral List(char end, int depth)
    {
        var (line, items) = (_line, new List<Literal>());
        _at++;
        while (!Closes(end, line))
        {
            items.Add(Value(depth + 1));
            Comma(end);
        }

        return new(line, items);
    }

    /// <summary>As in Python, one value in parentheses is that value, unless a comma makes it a tuple.</summary>
    private Literal Parenthesised(int depth)
    {
        var start = _at;
        var list = List(')', depth);
        return list.Items.Count == 1 && !_text[start..(_at - 1)].TrimEnd().EndsWith(',') ? list.Items[0] : list;
    }

    private bool Closes(char end, int openedAt)
    {
        Space();
        if (Here == End && _at >= _text.Length)
        {
            throw Wrong($"the file ends before the '{end}' that belongs to line {openedAt}");
        }

        if (Here != end)
        {
            return false;
        }

        _at++;
        return true;
    }

    private void Comma(char end)
    {
        Space();
        if (Here == ',')
        {
            _at++;
        }
        else if (Here != end && _at < _text.Length)
        {
            throw Wrong($"a ',' or '{end}' was expected, not {InputFile.Show(RestOfLine())}");
        }
    }

    private TextLiteral Text()
    {
        var (quote, line, text) = (Here, _line, new StringBuilder());
        for (_at++; Here != quote; _at++)
        {
            if (_at >= _text.Length || Here == '\n')
            {
                throw new LiteralException(line, $"the text {InputFile.Show(text.ToString())} has no closing quote");
            }

            text.Append(Here == '\\' ? Escape() : Here.ToString());
        }

        _at++;
        return new(line, text.ToString());
    }

    /// <summary>Ends on the last character of the escape.</summary>
    private string Escape()
    {
        _at++;
        switch (Here)
        {
            case '\\' or '\'' or '"' or '/':
                return Here.ToString();
            case 'n':
                return "\n";
            case 't':
                return "\t";
            case 'r':
                return "\r";
            case 'u' or 'x':
                var digits = Here == 'u' ? 4 : 2;
                if (_at + digits >= _text.Length || !ushort.TryParse(_text.AsSpan(_at + 1, digits), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var code))
                {
                    throw Wrong("an escape in a text is not complete");
                }

                _at += digits;
                return ((char)code).ToString();
            default:
                throw Wrong($"the escape '\\{Here}' is not known");
        }
    }

    private NumberLiteral Number()
    {
        var start = _at;
        while (char.IsAsciiLetterOrDigit(Here) || Here is '.' or '_' or '+' or '-')
        {
            _at++;
        }

        var text = _text[start.._at];
        return double.TryParse(text, NumberStyles.Float & ~(NumberStyles.AllowLeadingWhite | NumberStyles.AllowTrailingWhite), CultureInfo.InvariantCulture, out var value) && double.IsFinite(value)
            ? new(_line, text)
            : throw Wrong($"{InputFile.Show(text)} is not a number");
    }

    private WordLiteral Word()
    {
        var word = Identifier();
        return word switch
        {
            "true" or "True" => new(_line, "true"),
            "false" or "False" => new(_line, "false"),
            "null" or "None" => new(_line, "null"),
            _ => throw Wrong($"{InputFile.Show(word)} is not a value; texts need quotes"),
        };
    }

    private void SkipAssignment()
    {
        Space();
        var (at, line) = (_at, _line);
        if (Identifier().Length > 0)
        {
            Space();
            if (Here == '=')
            {
                _at++;
                return;
            }
        }

        (_at, _line) = (at, line);
    }

    private string Identifier()
    {
        var start = _at;
        while (char.IsLetterOrDigit(Here) || Here == '_')
        {
            _at++;
        }

        return _text[start.._at];
    }

    private void Space()
    {
        for (; _at < _text.Length && (char.IsWhiteSpace(Here) || Here == '#'); _at++)
        {
            if (Here == '#')
            {
                var end = _text.IndexOf('\n', _at);
                _at = end < 0 ? _text.Length - 1 : end;
            }

            _line += Here == '\n' ? 1 : 0;
        }
    }

    private string RestOfLine()
    {
        var end = _text.IndexOf('\n', _at);
        return _text[_at..(end < 0 ? _text.Length : end)].Trim();
    }

    private LiteralException Wrong(string message) => new(_line, message);
}
