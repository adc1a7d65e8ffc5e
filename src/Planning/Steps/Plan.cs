using Orchestrator.Model;

namespace Orchestrator.Planning;

/// <summary>Why a plan stops short of what is desired.</summary>
/// <param name="Reason">One CamelCase word for programs.</param>
/// <param name="Message">A sentence for people.</param>
public sealed record Obstacle(string Reason, string Message);

/// <summary>The steps from what is to what should be, in order. Empty and unblocked means converged.</summary>
/// <param name="Blocked">Why nothing more can be done now, or null.</param>
/// <param name="LookAgain">When to look again although nothing may have happened by then: the deadline of a transitional state.</param>
public sealed record Plan(EquatableArray<Step> Steps, Obstacle? Blocked = null, DateTimeOffset? LookAgain = null)
{
    public static Plan Nothing { get; } = new([]);

    public bool Converged => Steps.Count == 0 && Blocked is null && LookAgain is null;

    public static Plan Stop(string reason, string message) => new([], new(reason, message));

    public override string ToString() =>
        string.Join('\n', [.. Steps.Select(step => step.Describe()), .. Blocked is null ? [] : new[] { $"# blocked: {Blocked.Message}" }]);
}
