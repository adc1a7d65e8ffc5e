using System.Text.Json.Serialization;

namespace Orchestrator.Model;

public enum ConditionStatus
{
    Unknown,
    True,
    False,
}

/// <summary>One aspect of an object's state that a person or <c>kubectl wait</c> may ask for.</summary>
public sealed record Condition
{
    public required string Type { get; init; }

    public required ConditionStatus Status { get; init; }

    /// <summary>One CamelCase word for programs.</summary>
    public required string Reason { get; init; }

    /// <summary>A sentence for people: what is so, on which host, and what happens next.</summary>
    public string Message { get; init; } = "";

    public DateTimeOffset? LastTransitionTime { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public long ObservedGeneration { get; init; }
}

/// <summary>What every status has.</summary>
public abstract record ResourceStatus
{
    /// <summary>A small positive number given at creation and never reused: the seed API's pmid, vmid, image id and tid.</summary>
    [JsonPropertyOrder(-3)]
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public int Id { get; init; }

    /// <summary>The generation that this status speaks of.</summary>
    [JsonPropertyOrder(-2)]
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public long ObservedGeneration { get; init; }

    [JsonPropertyOrder(90)]
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public EquatableArray<Condition> Conditions { get; init; }

    public Condition? Condition(string type) => Conditions.FirstOrDefault(condition => condition.Type == type);
}

public static class ConditionExtensions
{
    /// <summary>Stored times have whole seconds: a finer one would differ from itself once stored.</summary>
    public static DateTimeOffset ToSecond(this DateTimeOffset time) => time.AddTicks(-(time.Ticks % TimeSpan.TicksPerSecond));

    /// <summary>
    /// The list with <paramref name="condition"/> in it. Its transition time moves only when its status does,
    /// so that reporting the same twice is no change.
    /// </summary>
    public static EquatableArray<Condition> Set(this EquatableArray<Condition> conditions, Condition condition, DateTimeOffset now)
    {
        var old = conditions.FirstOrDefault(known => known.Type == condition.Type);
        var stamped = condition with { LastTransitionTime = old?.Status == condition.Status ? old.LastTransitionTime : now.ToSecond() };
        return old is null
            ? [.. conditions, stamped]
            : [.. conditions.Select(known => known.Type == condition.Type ? stamped : known)];
    }

    public static EquatableArray<Condition> Remove(this EquatableArray<Condition> conditions, string type) =>
        conditions.Any(known => known.Type == type) ? [.. conditions.Where(known => known.Type != type)] : conditions;
}
