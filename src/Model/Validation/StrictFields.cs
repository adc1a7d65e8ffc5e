using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace Orchestrator.Model;

/// <summary>
/// Compares JSON with the type it is to be read as, field by field, and tells every difference with its path
/// (<c>spec.taints[0].key</c>). The reader itself stops at the first, and passes over fields that it does not know.
/// </summary>
public static class StrictFields
{
    private const int LongestShown = 64;

    /// <summary>Fields that the type does not have, with the nearest one it has, and keys that occur twice.</summary>
    public static IEnumerable<FieldError> Unknown(JsonElement json, JsonTypeInfo type) =>
        Nodes(new("", json, type)).Where(node => node.IsObject).SelectMany(UnknownIn);

    /// <summary>Required fields that are absent, and values that cannot be read as their type.</summary>
    public static IEnumerable<FieldError> Unreadable(JsonElement json, JsonTypeInfo type) =>
        Nodes(new("", json, type)).SelectMany(node => node.IsObject ? MissingIn(node) : UnreadableValue(node));

    private static IEnumerable<Node> Nodes(Node node) => Children(node).SelectMany(Nodes).Prepend(node);

    private static IEnumerable<Node> Children(Node node)
    {
        if (node.IsObject)
        {
            return from field in node.Json.EnumerateObject()
                   let property = PropertyOf(node.Type, field.Name)
                   where property is not null && !(field.Value.ValueKind == JsonValueKind.Null && property.IsSetNullable)
                   select new Node(Join(node.Path, field.Name), field.Value, node.Type.Options.GetTypeInfo(property.PropertyType));
        }

        return node.IsList
            ? node.Json.EnumerateArray().Select((item, at) =>
                new Node(string.Create(CultureInfo.InvariantCulture, $"{node.Path}[{at}]"), item, node.Type.Options.GetTypeInfo(node.ItemType!)))
            : [];
    }

    private static IEnumerable<FieldError> UnknownIn(Node node)
    {
        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (var field in node.Json.EnumerateObject())
        {
            if (!seen.Add(field.Name))
            {
                yield return FieldError.Duplicate(Join(node.Path, field.Name));
            }
            else if (PropertyOf(node.Type, field.Name) is null)
            {
                yield return FieldError.Unknown(Join(node.Path, field.Name), Nearest(field.Name, node.Type));
            }
        }
    }

    private static IEnumerable<FieldError> MissingIn(Node node) =>
        from property in node.Type.Properties
        where property.IsRequired && !node.Json.TryGetProperty(property.Name, out _)
        select FieldError.Required(Join(node.Path, property.Name));

    private static IEnumerable<FieldError> UnreadableValue(Node node)
    {
        if (node.IsList)
        {
            return [];
        }

        try
        {
            return node.Json.Deserialize(node.Type) is null ? [FieldError.Invalid(node.Path, null, Expected(node))] : [];
        }
        catch (JsonException failure)
        {
            // Our own converters say what they want; what the platform says names its types.
            var why = failure.Message.Contains("System.", StringComparison.Ordinal) ? Expected(node) : failure.Message.Split(" Path: ")[0];
            return [FieldError.Invalid(node.Path, node.Json.ValueKind == JsonValueKind.String ? node.Json.GetString() : node.Json, why)];
        }
    }

    private static string Expected(Node node)
    {
        var type = Nullable.GetUnderlyingType(node.Type.Type) ?? node.Type.Type;
        return type switch
        {
            { IsEnum: true } => "must be one of " + string.Join(", ", Enum.GetNames(type)),
            _ when node.Type.Kind == JsonTypeInfoKind.Object => "must be an object",
            _ when node.ItemType is not null => "must be a list",
            _ when type == typeof(string) => "must be a string",
            _ when type == typeof(bool) => "must be true or false",
            _ when type == typeof(int) || type == typeof(long) => "must be a whole number",
            _ when type == typeof(double) => "must be a number",
            _ when type == typeof(Guid) => "must be a UUID",
            _ => $"must be a {type.Name}",
        };
    }

    private static JsonPropertyInfo? PropertyOf(JsonTypeInfo type, string name)
    {
        foreach (var property in type.Properties)
        {
            if (property.Name == name)
            {
                return property.Set is null ? null : property;
            }
        }

        return null;
    }

    private static string? Nearest(string name, JsonTypeInfo type) =>
        type.Properties
            .Where(property => property.Set is not null)
            .Select(property => (property.Name, Distance: EditDistance(name, property.Name)))
            .Where(candidate => candidate.Distance <= Math.Min(2, candidate.Name.Length / 2))
            .OrderBy(candidate => candidate.Distance)
            .Select(candidate => candidate.Name)
            .FirstOrDefault();

    /// <summary>How many letters to insert, drop or replace, whatever their case.</summary>
    private static int EditDistance(string left, string right)
    {
        if (Math.Abs(left.Length - right.Length) > 2)
        {
            return int.MaxValue;
        }

        var row = Enumerable.Range(0, right.Length + 1).ToArray();
        for (var i = 1; i <= left.Length; i++)
        {
            var diagonal = row[0];
            row[0] = i;
            for (var j = 1; j <= right.Length; j++)
            {
                var same = char.ToUpperInvariant(left[i - 1]) == char.ToUpperInvariant(right[j - 1]);
                (diagonal, row[j]) = (row[j], same ? diagonal : 1 + Math.Min(diagonal, Math.Min(row[j], row[j - 1])));
            }
        }

        return row[^1];
    }

    private static string Join(string path, string name)
    {
        var shown = name.Length <= LongestShown ? name : name[..LongestShown] + "…";
        return path.Length == 0 ? shown : $"{path}.{shown}";
    }

    /// <summary>A value together with what it should be.</summary>
    private sealed record Node(string Path, JsonElement Json, JsonTypeInfo Type)
    {
        public bool IsObject => Type.Kind == JsonTypeInfoKind.Object && Json.ValueKind == JsonValueKind.Object;

        public bool IsList => ItemType is not null && Json.ValueKind == JsonValueKind.Array;

        public Type? ItemType { get; } = Type.Type is { IsGenericType: true } type && type.GetGenericTypeDefinition() == typeof(EquatableArray<>)
            ? type.GetGenericArguments()[0]
            : null;
    }
}
