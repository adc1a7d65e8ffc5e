using System.Globalization;
using Orchestrator.Model;

namespace Orchestrator.Planning;

/// <summary>One reason why one PM cannot take a VM.</summary>
/// <param name="Reason">One CamelCase word for programs, such as <c>TooLittleMemory</c>.</param>
/// <param name="Message">For people, with figures.</param>
public sealed record Rejection(string Host, string Reason, string Message)
{
    public override string ToString() => $"{Host}: {Message}";
}

/// <summary>Where a VM goes, or why it cannot go anywhere.</summary>
/// <param name="Host">Name of the chosen PM; null when there is none.</param>
/// <param name="Reason">One word for a condition: <see cref="Placed"/>, <see cref="Unschedulable"/> or <see cref="UnknownPolicy"/>.</param>
/// <param name="Summary">One line for people, such as <c>0 of 3 PMs can take it: 2 too little memory, 1 cordoned</c>.</param>
/// <param name="Rejections">Why the other PMs were not considered, in the order of the fleet; all reasons of each.</param>
public sealed record PlacementDecision(string? Host, string Reason, string Summary, EquatableArray<Rejection> Rejections)
{
    public const string Placed = nameof(Placed);
    public const string Unschedulable = nameof(Unschedulable);
    public const string UnknownPolicy = nameof(UnknownPolicy);

    internal static PlacementDecision On(FleetMember chosen, int feasible, int all, PlacementPolicy policy, EquatableArray<Rejection> rejections) =>
        new(chosen.Name, Placed, Text($"{feasible} of {all} PMs can take it; {policy.Name} chose {chosen.Name}"), rejections);

    internal static PlacementDecision Nowhere(PlacementRequest request, Fleet fleet, EquatableArray<Rejection> rejections)
    {
        if (fleet.Members.Count == 0)
        {
            return new(null, Unschedulable, "there are no PMs", rejections);
        }

        if (request.Vm.Spec.Placement?.Host is { } wanted && fleet.Find(wanted) is null)
        {
            return new(null, Unschedulable, $"there is no PM named '{wanted}'", rejections);
        }

        var counts = rejections
            .CountBy(rejection => rejection.Reason, StringComparer.Ordinal)
            .OrderByDescending(count => count.Value)
            .ThenBy(count => count.Key, StringComparer.Ordinal)
            .Select(count => Text($"{count.Value} {Words(count.Key)}"));
        return new(null, Unschedulable, Text($"0 of {fleet.Members.Count} PMs can take it: {string.Join(", ", counts)}"), rejections);
    }

    internal static PlacementDecision NoSuchPolicy(string name, IEnumerable<string> known) =>
        new(null, UnknownPolicy, $"there is no placement policy named '{name}'; there are {string.Join(", ", known)}", []);

    /// <summary><c>TooLittleMemory</c> as "too little memory".</summary>
    private static string Words(string reason) =>
        string.Concat(reason.Select((letter, at) => at > 0 && char.IsUpper(letter) ? $" {letter}" : $"{letter}")).ToLowerInvariant();

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
