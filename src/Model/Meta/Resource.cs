using System.Diagnostics.CodeAnalysis;
using System.Text.Json.Serialization;

namespace Orchestrator.Model;

/// <summary>A stored object: <c>apiVersion</c>, <c>kind</c>, <c>metadata</c>, and for most kinds <c>spec</c> and <c>status</c>.</summary>
public abstract record Resource
{
    [JsonPropertyOrder(-9)]
    public string? ApiVersion { get; init; }

    [JsonPropertyOrder(-8)]
    public string? Kind { get; init; }

    [JsonPropertyOrder(-7)]
    public ObjectMeta Metadata { get; init; } = new();

    /// <summary>True when <paramref name="other"/> asks for the same: no new generation.</summary>
    public abstract bool SameSpec(Resource other);

    /// <summary>This object with the status of <paramref name="other"/>: users write spec, only the reconciler writes status.</summary>
    public abstract Resource WithStatusOf(Resource other);

    /// <summary>This object with no status but the given id.</summary>
    public abstract Resource WithNewStatus(int id);

    [JsonIgnore]
    public abstract ResourceStatus? BaseStatus { get; }
}

public abstract record Resource<TSpec, TStatus> : Resource
    where TSpec : class
    where TStatus : ResourceStatus, new()
{
    public required TSpec Spec { get; init; }

    /// <summary>Never null: none is an empty one.</summary>
    [AllowNull]
    public TStatus Status { get; init => field = value ?? new(); } = new();

    [JsonIgnore]
    public override ResourceStatus BaseStatus => Status;

    public override bool SameSpec(Resource other) => other is Resource<TSpec, TStatus> same && Spec.Equals(same.Spec);

    public override Resource WithStatusOf(Resource other) => this with { Status = ((Resource<TSpec, TStatus>)other).Status };

    public override Resource WithNewStatus(int id) => this with { Status = new TStatus { Id = id } };
}
