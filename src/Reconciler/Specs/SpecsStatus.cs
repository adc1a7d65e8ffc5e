using System.Collections.Immutable;
using Orchestrator.Model;

namespace Orchestrator.Reconciler.Specs;

/// <summary>How the specs folder fares: a snapshot, replaced whole after each look.</summary>
/// <param name="Problem">Why the folder could not be read, or is not believed; null when all is well.</param>
/// <param name="Held">Objects whose documents are gone and that stay all the same, with the reason.</param>
public sealed record SpecsStatus(string Folder, string? Problem, ImmutableSortedDictionary<string, SpecFileStatus> Files, EquatableArray<string> Held)
{
    public static SpecsStatus Unknown(string folder) =>
        new(folder, null, ImmutableSortedDictionary.Create<string, SpecFileStatus>(StringComparer.Ordinal), []);
}

/// <summary>One file of the folder.</summary>
/// <param name="Objects">What it describes, as <c>Kind namespace/name</c>.</param>
/// <param name="AppliedAt">When all of it was last found, or made, to be in force.</param>
public sealed record SpecFileStatus(EquatableArray<string> Objects, EquatableArray<SpecError> Errors, DateTimeOffset? AppliedAt);
