using System.Text.RegularExpressions;

namespace Orchestrator.Model;

/// <summary>What names, labels and annotations may look like.</summary>
public static partial class Names
{
    public const string NameRule = "must be 1 to 63 letters, digits, '-', '_' or '.', starting and ending with a letter or digit";

    public static bool IsName(string? text) => text is not null && Name().IsMatch(text);

    /// <summary>An optional DNS prefix and <c>/</c>, then a name.</summary>
    public static bool IsLabelKey(string text) => QualifiedName().IsMatch(text);

    public static IEnumerable<FieldError> Validate(ObjectMeta metadata, bool namespaced)
    {
        if (metadata.Name.Length == 0)
        {
            yield return FieldError.Required("metadata.name", "name or generateName is required");
        }
        else if (!IsName(metadata.Name))
        {
            yield return FieldError.Invalid("metadata.name", metadata.Name, NameRule);
        }

        if (namespaced && !IsName(metadata.Namespace))
        {
            yield return FieldError.Invalid("metadata.namespace", metadata.Namespace, NameRule);
        }
        else if (!namespaced && metadata.Namespace is not null)
        {
            yield return FieldError.Forbidden("metadata.namespace", "this kind is cluster-scoped");
        }

        foreach (var (key, value) in metadata.Labels)
        {
            if (!QualifiedName().IsMatch(key))
            {
                yield return FieldError.Invalid("metadata.labels", key, "a label key is an optional DNS prefix and '/', then " + NameRule["must be ".Length..]);
            }

            if (value.Length > 0 && !IsName(value))
            {
                yield return FieldError.Invalid($"metadata.labels[{key}]", value, "must be empty or " + NameRule["must be ".Length..]);
            }
        }

        foreach (var key in metadata.Annotations.Keys.Where(key => !QualifiedName().IsMatch(key)))
        {
            yield return FieldError.Invalid("metadata.annotations", key, "an annotation key is an optional DNS prefix and '/', then " + NameRule["must be ".Length..]);
        }

        if (metadata.Annotations.Sum(pair => pair.Key.Length + pair.Value.Length) > 256 * 1024)
        {
            yield return FieldError.Invalid("metadata.annotations", "…", "all annotations together must not exceed 256 KiB");
        }
    }

    [GeneratedRegex(@"\A[A-Za-z0-9]([A-Za-z0-9._-]{0,61}[A-Za-z0-9])?\z", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Name();

    [GeneratedRegex(@"\A([a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?/)?[A-Za-z0-9]([A-Za-z0-9._-]{0,61}[A-Za-z0-9])?\z", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex QualifiedName();
}
