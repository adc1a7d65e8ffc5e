using System.Collections.Immutable;
using Orchestrator.Model;

namespace Orchestrator.Reconciler.Specs;

/// <summary>One look at the folder.</summary>
/// <param name="Problem">Why the look is not complete; null when it is. What was not seen may be there.</param>
/// <param name="Quiet">True when nothing in the folder has changed for a while, so that no file is half-written and nothing half-moved.</param>
public sealed record SpecsLook(IReadOnlyList<SpecFile> Files, string? Problem, bool Quiet);

/// <summary>An object to be written because of a document.</summary>
/// <param name="WhenCreated">What marks the object as the folder's, if this creates it.</param>
public sealed record SpecApply(SpecFile File, SpecDocument Document, Resource Desired, StringMap WhenCreated)
{
    public override string ToString() => $"apply {Document} of {File.Path}";
}

/// <summary>An object to be deleted because its document was removed.</summary>
/// <param name="File">The file it came from.</param>
public sealed record SpecDelete(ResourceType Type, Resource Object, string File)
{
    public override string ToString() => $"delete {Type.Kind} {Object.Metadata.FullName} of {File}";
}

/// <summary>An object whose document is gone and that stays all the same.</summary>
public sealed record SpecHeld(ResourceType Type, Resource Object, string File, string Why)
{
    public override string ToString() => $"{Type.Kind} {Object.Metadata.FullName} of {File} is not deleted: {Why}";
}

/// <summary>What to do after one look. The order of both lists is the order of the work: all applies, then the deletions.</summary>
/// <param name="Files">The files of the look, with the errors that only show beside each other.</param>
/// <param name="Lost">Files whose loss looks like an accident; to be given to the next planning.</param>
/// <param name="Unsettled">True when there will be more to do without any further change in the folder.</param>
public sealed record SpecsPlan(
    IReadOnlyList<SpecFile> Files,
    IReadOnlyList<SpecApply> Applies,
    IReadOnlyList<SpecDelete> Deletes,
    IReadOnlyList<SpecHeld> Held,
    ImmutableHashSet<string> Lost,
    bool Unsettled);
