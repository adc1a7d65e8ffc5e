using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Orchestrator.Model.Json;

namespace Orchestrator.Model;

/// <summary>A kind as the API and the store see it: its names, its JSON form, its rules.</summary>
public abstract class ResourceType
{
    /// <summary>API group; empty for the core group <c>v1</c>.</summary>
    public required string Group { get; init; }

    public string Version { get; } = "v1";

    public required string Kind { get; init; }

    /// <summary>Lower-case plural: the name in URLs and keys.</summary>
    public required string Plural { get; init; }

    public required string Singular { get; init; }

    public EquatableArray<string> ShortNames { get; init; }

    public required bool Namespaced { get; init; }

    /// <summary>True for kinds whose objects get a small <c>status.id</c>.</summary>
    public bool Numbered { get; init; }

    /// <summary>Finalizers that a new object of this kind starts with.</summary>
    public EquatableArray<string> Finalizers { get; init; }

    public string ApiVersion => Group.Length == 0 ? Version : $"{Group}/{Version}";

    /// <summary>The plural as messages name it: <c>virtualmachines.orchestrator.vm</c>.</summary>
    public string QualifiedPlural => Group.Length == 0 ? Plural : $"{Plural}.{Group}";

    /// <summary>The store prefix of all objects of this kind.</summary>
    public string Prefix => $"/{(Group.Length == 0 ? "core" : Group)}/{Plural}/";

    /// <summary>How objects of this kind are written.</summary>
    public abstract JsonTypeInfo Json { get; }

    /// <summary>How objects of this kind are read; see <see cref="ReadingJson"/>.</summary>
    public abstract JsonTypeInfo ReadJson { get; }

    /// <summary>The key of one object.</summary>
    public string Key(string? @namespace, string name) => Namespaced ? $"{Prefix}{@namespace}/{name}" : Prefix + name;

    public string Key(ObjectMeta metadata) => Key(metadata.Namespace, metadata.Name);

    /// <summary>The prefix of one namespace's objects.</summary>
    public string NamespacePrefix(string @namespace) => $"{Prefix}{@namespace}/";

    /// <summary>The key that reserves a number for ever.</summary>
    public string IdKey(int id) => $"{IdPrefix}{id:D10}";

    public string IdPrefix => $"/ids/{Plural}/";

    /// <summary>Reads an object of this kind. Throws <see cref="JsonException"/> whose path names the field.</summary>
    public Resource Parse(ReadOnlySpan<byte> json)
    {
        var resource = (Resource?)JsonSerializer.Deserialize(json, ReadJson) ?? throw new JsonException("expected an object, not null");
        return resource with { ApiVersion = ApiVersion, Kind = Kind };
    }

    /// <summary>Reads a stored object and stamps it with the revision it was stored at.</summary>
    public Resource Decode(ReadOnlySpan<byte> stored, long revision)
    {
        var resource = Parse(stored);
        return resource with
        {
            Metadata = resource.Metadata with { ResourceVersion = revision.ToString(System.Globalization.CultureInfo.InvariantCulture) },
        };
    }

    /// <summary>The stored form: everything but the resource version, which is the store's own revision.</summary>
    public byte[] Encode(Resource resource) =>
        JsonSerializer.SerializeToUtf8Bytes(resource with { Metadata = resource.Metadata with { ResourceVersion = null } }, Json);

    /// <summary>All that is wrong with a new object.</summary>
    public abstract IEnumerable<FieldError> Validate(Resource resource);

    /// <summary>All that is wrong with changing one object into another, beyond what is wrong with the new one itself.</summary>
    public abstract IEnumerable<FieldError> ValidateChange(Resource old, Resource changed);
}

/// <summary>A kind with its record type.</summary>
public sealed class ResourceType<T> : ResourceType
    where T : Resource
{
    public required JsonTypeInfo<T> TypedJson { get; init; }

    public Func<T, IEnumerable<FieldError>> Rules { get; init; } = _ => [];

    public Func<T, T, IEnumerable<FieldError>> ChangeRules { get; init; } = (_, _) => [];

    public override JsonTypeInfo Json => TypedJson;

    public override JsonTypeInfo ReadJson { get; } = ReadingJson.Options.GetTypeInfo(typeof(T));

    public override IEnumerable<FieldError> Validate(Resource resource) => Rules((T)resource);

    public override IEnumerable<FieldError> ValidateChange(Resource old, Resource changed) => ChangeRules((T)old, (T)changed);
}
