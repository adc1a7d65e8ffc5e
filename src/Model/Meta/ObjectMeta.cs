using System.Text.Json.Serialization;

namespace Orchestrator.Model;

/// <summary>What every object carries, with the meaning Kubernetes gives each field.</summary>
public sealed record ObjectMeta
{
    /// <summary>1 to 63 letters, digits, <c>-</c>, <c>_</c>, <c>.</c>, starting and ending with a letter or digit. Unique per kind and namespace. Immutable.</summary>
    public string Name { get; init; } = "";

    /// <summary>A prefix from which the server makes a unique name when <see cref="Name"/> is empty.</summary>
    public string? GenerateName { get; init; }

    /// <summary>The namespace of a namespaced object; absent on cluster-scoped kinds.</summary>
    public string? Namespace { get; init; }

    /// <summary>Identity for ever: given at creation, never reused. Of a VirtualMachine it is also the domain's UUID.</summary>
    public Guid? Uid { get; init; }

    /// <summary>The store revision of the last change. Opaque to clients; sent back unchanged it guards against lost updates.</summary>
    public string? ResourceVersion { get; init; }

    /// <summary>Counts changes of <c>spec</c>.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public long Generation { get; init; }

    public DateTimeOffset? CreationTimestamp { get; init; }

    /// <summary>When deletion was asked for. The object stays until its finalizers are gone.</summary>
    public DateTimeOffset? DeletionTimestamp { get; init; }

    /// <summary>How long, in seconds, a graceful end may take once deletion was asked for.</summary>
    public long? DeletionGracePeriodSeconds { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public StringMap Labels { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public StringMap Annotations { get; init; }

    /// <summary>Who must still clean up before a deleted object may go.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public EquatableArray<string> Finalizers { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public EquatableArray<OwnerReference> OwnerReferences { get; init; }

    [JsonIgnore]
    public bool Deleting => DeletionTimestamp is not null;

    /// <summary><c>namespace/name</c>, or the name alone for cluster-scoped kinds.</summary>
    [JsonIgnore]
    public string FullName => Namespace is null ? Name : $"{Namespace}/{Name}";
}

/// <summary>An object that this one belongs to and is removed with.</summary>
public sealed record OwnerReference
{
    public required string ApiVersion { get; init; }

    public required string Kind { get; init; }

    public required string Name { get; init; }

    public required Guid Uid { get; init; }

    public bool? Controller { get; init; }

    public bool? BlockOwnerDeletion { get; init; }
}
