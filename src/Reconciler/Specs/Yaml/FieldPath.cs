using System.Globalization;

namespace Orchestrator.Reconciler.Specs.Yaml;

/// <summary>
/// Paths of fields as <c>FieldError</c> writes them: <c>spec.taints[0].key</c>, <c>metadata.labels[a.b/c]</c>.
/// The same field can be written with a dot or with brackets, so paths are compared by their parts.
/// </summary>
internal static class FieldPath
{
    private static readonly System.Buffers.SearchValues<char> _marks = System.Buffers.SearchValues.Create(".[]");

    public static string Child(string path, string key) =>
        key.AsSpan().ContainsAny(_marks) || key.Contains('/', StringComparison.Ordinal) ? $"{path}[{key}]" : path.Length == 0 ? key : $"{path}.{key}";

    public static string Item(string path, int index) => string.Create(CultureInfo.InvariantCulture, $"{path}[{index}]");

    /// <summary>The parts of a path: <c>spec, taints, 0, key</c>.</summary>
    public static IReadOnlyList<string> Parts(string path)
    {
        var parts = new List<string>();
        var rest = path.AsSpan();
        while (rest.Length > 0)
        {
            var bracket = rest[0] == '[';
            var end = bracket ? rest.IndexOf(']') : rest.IndexOfAny('.', '[');
            end = end < 0 ? rest.Length : end;
            parts.Add(rest[(bracket ? 1 : 0)..end].ToString());
            rest = rest[end..].TrimStart(']').TrimStart('.');
        }

        return parts;
    }
}
