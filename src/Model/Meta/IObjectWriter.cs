namespace Orchestrator.Model;

/// <summary>How a write of desired state ended. Completes the sentence "the object was …".</summary>
public enum WriteResult
{
    Created,
    Updated,
    Unchanged,

    /// <summary>Gone from the store.</summary>
    Deleted,

    /// <summary>Marked as deleted; it goes when its finalizers are done.</summary>
    Deleting,
    NotFound,

    /// <summary>Refused because of what it says; the errors name the fields.</summary>
    Invalid,

    /// <summary>Refused because of what is there already; the message says what.</summary>
    Conflict,
}

/// <param name="Object">The object as stored after the write (before it, for Deleted); null for NotFound and Invalid.</param>
public sealed record WriteOutcome(WriteResult Result, Resource? Object, EquatableArray<FieldError> Errors, string Message)
{
    public bool Succeeded => Result is not (WriteResult.NotFound or WriteResult.Invalid or WriteResult.Conflict);

    public static WriteOutcome Done(WriteResult result, Resource stored) => new(result, stored, [], "");

    public static WriteOutcome NotFound(ResourceType type, string name) => new(WriteResult.NotFound, null, [], $"{type.QualifiedPlural} \"{name}\" not found");

    public static WriteOutcome Invalid(EquatableArray<FieldError> errors) => new(WriteResult.Invalid, null, errors, string.Join("; ", errors));

    public static WriteOutcome Conflict(string message, Resource? winner) => new(WriteResult.Conflict, winner, [], message);
}

/// <summary>
/// The one door through which desired state is written by something other than an HTTP client (the specs folder).
/// Validation, defaults, numbering and conflict rules are the same as over HTTP.
/// </summary>
public interface IObjectWriter
{
    /// <summary>Creates the object, or updates the one of the same kind, namespace and name. Labels and annotations of others are kept.</summary>
    /// <param name="whenCreated">
    /// Annotations that the object gets only if this write creates it: a mark of its maker that one that was there before never gets,
    /// also when we are killed between this write and the next.
    /// </param>
    ValueTask<WriteOutcome> ApplyAsync(Resource desired, StringMap whenCreated, CancellationToken stop);

    /// <summary>Deletes the object if it still is the one with <paramref name="uid"/>.</summary>
    ValueTask<WriteOutcome> DeleteAsync(ResourceType type, string? @namespace, string name, Guid uid, CancellationToken stop);

    /// <summary>All objects of all kinds that carry this annotation.</summary>
    ValueTask<IReadOnlyList<Resource>> WithAnnotationAsync(string annotation, CancellationToken stop);
}
