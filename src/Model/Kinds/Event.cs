using System.Text.Json.Serialization;

namespace Orchestrator.Model;

/// <summary>A v1 Event: something that was done to, or went wrong with, an object.</summary>
public sealed record Event : Resource
{
    public const string Normal = "Normal";
    public const string Warning = "Warning";

    public required ObjectReference InvolvedObject { get; init; }

    public required string Reason { get; init; }

    public string Message { get; init; } = "";

    public string Type { get; init; } = Normal;

    public int Count { get; init; } = 1;

    public DateTimeOffset? FirstTimestamp { get; init; }

    public DateTimeOffset? LastTimestamp { get; init; }

    public EventSource Source { get; init; } = new();

    public string ReportingComponent { get; init; } = "orchestrator";

    public string ReportingInstance { get; init; } = "";

    [JsonIgnore]
    public override ResourceStatus? BaseStatus => null;

    public override bool SameSpec(Resource other) => true;

    public override Resource WithStatusOf(Resource other) => this;

    public override Resource WithNewStatus(int id) => this;
}

public sealed record EventSource
{
    public string Component { get; init; } = "orchestrator";

    /// <summary>The PM it happened on, if one.</summary>
    public string? Host { get; init; }
}

public sealed record ObjectReference
{
    public string? ApiVersion { get; init; }

    public string? Kind { get; init; }

    public string? Namespace { get; init; }

    public string? Name { get; init; }

    public Guid? Uid { get; init; }

    public static ObjectReference To(Resource resource) => new()
    {
        ApiVersion = resource.ApiVersion,
        Kind = resource.Kind,
        Namespace = resource.Metadata.Namespace,
        Name = resource.Metadata.Name,
        Uid = resource.Metadata.Uid,
    };
}
