using System.Globalization;
using System.Numerics;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace Orchestrator.Reconciler.Specs.Yaml;

/// <summary>
/// What unquoted scalars mean: the core schema of YAML 1.2 (https://yaml.org/spec/1.2.2/, section 10.3).
/// <c>yes</c>, <c>on</c> and <c>012</c> are therefore what they look like: two words, and the number twelve.
/// </summary>
internal static partial class CoreSchema
{
    private const string Prefix = "tag:yaml.org,2002:";

    /// <summary>The JSON token for an unquoted scalar.</summary>
    /// <exception cref="FormatException">It has no JSON form.</exception>
    public static string Plain(string text) => text switch
    {
        "" or "~" or "null" or "Null" or "NULL" => "null",
        "true" or "True" or "TRUE" => "true",
        "false" or "False" or "FALSE" => "false",
        _ when Integer().IsMatch(text) => Decimal(text),
        _ when Based().IsMatch(text) => FromBase(text),
        _ when Float().IsMatch(text) => Float(text),
        _ when Endless().IsMatch(text) => throw new FormatException($"'{text}' is not a number that can be used here"),
        _ => Text(text),
    };

    /// <summary>The JSON token for a string.</summary>
    public static string Text(string text) => JsonSerializer.Serialize(text, YamlJson.Default.String);

    /// <summary>The JSON token for a scalar with an explicit tag such as <c>!!str</c>.</summary>
    /// <exception cref="FormatException">The tag is unknown or does not fit the text.</exception>
    public static string Tagged(string tag, string text)
    {
        var plain = tag == Prefix + "str" || tag == "!" ? Text(text) : Plain(text);
        var fits = tag switch
        {
            Prefix + "str" or "!" => true,
            Prefix + "null" => plain == "null",
            Prefix + "bool" => plain is "true" or "false",
            Prefix + "int" => Integer().IsMatch(text) || Based().IsMatch(text),
            Prefix + "float" => Integer().IsMatch(text) || Float().IsMatch(text),
            _ => throw new FormatException($"the tag '{tag}' is not supported"),
        };
        return fits ? plain : throw new FormatException($"'{text}' does not fit its tag '{tag.Replace(Prefix, "!!", StringComparison.Ordinal)}'");
    }

    private static string Decimal(string text)
    {
        var digits = text.TrimStart('+', '-').TrimStart('0');
        return digits.Length == 0 ? "0" : (text[0] == '-' ? "-" : "") + digits;
    }

    private static string FromBase(string text)
    {
        var radix = text[1] == 'x' ? 16 : 8;
        var value = BigInteger.Zero;
        foreach (var digit in Short(text).AsSpan(2))
        {
            value = (value * radix) + Convert.ToInt32(digit.ToString(), 16);
        }

        return value.ToString(CultureInfo.InvariantCulture);
    }

    private static string Float(string text)
    {
        var (mantissa, exponent) = Short(text).ToLowerInvariant().Split('e') is [var left, var right] ? (left, "e" + right) : (text, "");
        var parts = mantissa.TrimStart('+', '-').Split('.');
        var whole = parts[0].TrimStart('0');
        var fraction = parts.Length > 1 ? parts[1] : "";
        return (mantissa[0] == '-' ? "-" : "") + (whole.Length == 0 ? "0" : whole) + (fraction.Length == 0 ? "" : "." + fraction) + exponent;
    }

    private static string Short(string text) => text.Length <= 100 ? text : throw new FormatException("is too long for a number");

    [GeneratedRegex(@"\A[-+]?[0-9]+\z", RegexOptions.None, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Integer();

    [GeneratedRegex(@"\A(0o[0-7]+|0x[0-9a-fA-F]+)\z", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Based();

    [GeneratedRegex(@"\A[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?\z", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Float();

    [GeneratedRegex(@"\A([-+]?\.(inf|Inf|INF)|\.(nan|NaN|NAN))\z", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Endless();
}

[System.Text.Json.Serialization.JsonSerializable(typeof(string))]
internal sealed partial class YamlJson : System.Text.Json.Serialization.JsonSerializerContext;
