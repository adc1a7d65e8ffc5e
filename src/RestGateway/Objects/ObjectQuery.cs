using Orchestrator.Model;
using Orchestrator.RestGateway.Objects.Selectors;
using Orchestrator.Storage;

namespace Orchestrator.RestGateway.Objects;

/// <summary>Which objects of a kind a list or a watch is about.</summary>
/// <param name="Namespace">Null for all namespaces.</param>
public sealed record ObjectQuery(ResourceType Type, string? Namespace, LabelSelector Labels, FieldSelector Fields)
{
    /// <summary>The narrowest key prefix that holds them all.</summary>
    public string Prefix => Type.Namespaced && Namespace is null
        ? Type.Prefix
        : (Type.Namespaced ? Type.NamespacePrefix(Namespace!) : Type.Prefix) + Fields.Name;

    public bool SelectsAll => Labels.Terms.Count == 0 && Fields.Terms.Count == 0;

    /// <summary>The same, but only of the object with this name.</summary>
    public ObjectQuery OnlyNamed(string name) => this with { Fields = new([new("metadata.name", true, name), .. Fields.Terms]) };

    public bool Matches(Entry entry)
    {
        if (SelectsAll)
        {
            return true;
        }

        var (@namespace, name) = Split(entry.Key);
        return Fields.Matches(@namespace, name) && (Labels.Terms.Count == 0 || Labels.Matches(StoredObject.Labels(entry.Value.Span)));
    }

    private (string? Namespace, string Name) Split(string key)
    {
        var path = key[Type.Prefix.Length..];
        var slash = path.IndexOf('/', StringComparison.Ordinal);
        return Type.Namespaced && slash >= 0 ? (path[..slash], path[(slash + 1)..]) : (null, path);
    }
}
