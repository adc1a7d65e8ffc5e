using Orchestrator.Model;

namespace Orchestrator.RestGateway.Objects.Selectors;

/// <summary>One term of a field selector.</summary>
public sealed record FieldTerm(string Field, bool Equal, string Value);

/// <summary>A field selector: <c>metadata.name=web-1,metadata.namespace!=test</c>. Without terms it selects everything.</summary>
public sealed record FieldSelector(EquatableArray<FieldTerm> Terms)
{
    private const string NameField = "metadata.name";
    private const string NamespaceField = "metadata.namespace";

    public static FieldSelector Everything { get; } = new([]);

    /// <summary>The only name that can match, or null.</summary>
    public string? Name => Terms.FirstOrDefault(term => term is { Field: NameField, Equal: true })?.Value;

    public bool Matches(string? @namespace, string name) =>
        Terms.All(term => term.Equal == (term.Value == (term.Field == NameField ? name : @namespace ?? "")));

    /// <exception cref="FormatException">Not a field selector, or of a field that cannot be selected by.</exception>
    public static FieldSelector Parse(string? text) =>
        string.IsNullOrWhiteSpace(text) ? Everything : new([.. text.Split(',', StringSplitOptions.TrimEntries).Select(ParseTerm)]);

    private static FieldTerm ParseTerm(string term)
    {
        var at = term.IndexOf('=', StringComparison.Ordinal);
        if (at <= 0)
        {
            throw new FormatException($"invalid field selector '{term}': expected field=value");
        }

        var equal = term[at - 1] != '!';
        var field = term[..(equal ? at : at - 1)].TrimEnd();
        var value = term[(term.AsSpan(at).StartsWith("==") ? at + 2 : at + 1)..].TrimStart();
        return field is NameField or NamespaceField ? new(field, equal, value) : throw new FormatException($"field label not supported: {field}");
    }
}
