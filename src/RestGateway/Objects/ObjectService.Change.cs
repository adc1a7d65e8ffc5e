using Orchestrator.Model;
using Orchestrator.Storage;

namespace Orchestrator.RestGateway.Objects;

/// <summary>What a writer makes of the stored object: its successor as the user wants it, or why not.</summary>
public sealed record Change(Resource? Wanted, WriteOutcome? Refusal)
{
    public static Change To(Resource wanted) => new(wanted, null);

    public static Change Refuse(WriteOutcome why) => new(null, why);
}

/// <summary>What must hold for a deletion, and how it is to be done.</summary>
/// <param name="GraceSeconds">How long a graceful end may take; null leaves it to the object.</param>
public sealed record DeleteWish(Guid? Uid = null, string? ResourceVersion = null, long? GraceSeconds = null);

public sealed partial class ObjectService
{
    /// <summary>Replaces the object. A set <c>metadata.resourceVersion</c> must be the stored one's; without, the last writer wins.</summary>
    public ValueTask<WriteOutcome> UpdateAsync(ResourceType type, Resource sent, CancellationToken stop) =>
        UpdateAsync(type, sent.Metadata.Namespace, sent.Metadata.Name, _ => Change.To(sent), stop);

    /// <summary>
    /// Changes the object. <paramref name="change"/> is asked again, with what is stored then, whenever another writer was faster; a
    /// <c>metadata.resourceVersion</c> in what it returns must be the stored one's.
    /// </summary>
    public async ValueTask<WriteOutcome> UpdateAsync(
        ResourceType type, string? @namespace, string name, Func<Resource, Change> change, CancellationToken stop)
    {
        while (await GetAsync(type, @namespace, name, stop) is { } stored)
        {
            var (wanted, refusal) = change(stored);
            if (wanted is null)
            {
                return refusal!;
            }

            if (wanted.Metadata.ResourceVersion is { Length: > 0 } expected && expected != stored.Metadata.ResourceVersion)
            {
                return Outdated(type, stored);
            }

            var admitted = Admission.Update(type, stored, wanted);
            if (admitted.Object is not { } next)
            {
                return WriteOutcome.Invalid(admitted.Errors);
            }

            if (ReferenceEquals(next, stored))
            {
                return WriteOutcome.Done(WriteResult.Unchanged, stored);
            }

            if (await ReplaceAsync(type, stored, next, stop) is { } outcome)
            {
                return outcome;
            }
        }

        return WriteOutcome.NotFound(type, name);
    }

    /// <summary>Deletes the object, at once when no finalizer holds it.</summary>
    public async ValueTask<WriteOutcome> DeleteAsync(ResourceType type, string? @namespace, string name, DeleteWish wish, CancellationToken stop)
    {
        while (await GetAsync(type, @namespace, name, stop) is { } stored)
        {
            if (wish.Uid is { } uid && uid != stored.Metadata.Uid)
            {
                return WriteOutcome.Conflict($"{type.QualifiedPlural} \"{name}\" is another object: its uid is {stored.Metadata.Uid}, not {uid}", stored);
            }

            if (wish.ResourceVersion is { Length: > 0 } expected && expected != stored.Metadata.ResourceVersion)
            {
                return Outdated(type, stored);
            }

            var marked = Admission.Delete(stored, Now(), wish.GraceSeconds);
            if (marked is not null && marked.Equals(stored))
            {
                return WriteOutcome.Done(WriteResult.Deleting, stored);
            }

            if (await ReplaceAsync(type, stored, marked, stop) is { } outcome)
            {
                return outcome;
            }
        }

        return WriteOutcome.NotFound(type, name);
    }

    /// <summary>Null when another writer was faster.</summary>
    private async ValueTask<WriteOutcome?> ReplaceAsync(ResourceType type, Resource stored, Resource? next, CancellationToken stop)
    {
        var (key, revision) = (type.Key(stored.Metadata), RevisionOf(stored));
        var gone = next is null or { Metadata: { Deleting: true, Finalizers.Count: 0 } };
        var operation = gone ? Operation.Delete(key, revision) : Operation.Update(key, type.Encode(next!), revision);
        if (await store.CommitAsync(new(operation), stop) is not CommitResult.Committed committed)
        {
            return null;
        }

        if (gone)
        {
            Log.Removed(log, type.Kind, stored.Metadata.FullName);
            return WriteOutcome.Done(WriteResult.Deleted, next ?? stored);
        }

        if (next!.Metadata.Deleting && !stored.Metadata.Deleting)
        {
            Log.Deleting(log, type.Kind, next.Metadata.FullName, next.Metadata.Finalizers);
        }
        else
        {
            Log.Updated(log, type.Kind, next.Metadata.FullName, next.Metadata.Generation);
        }

        return WriteOutcome.Done(next.Metadata.Deleting ? WriteResult.Deleting : WriteResult.Updated, Stamp(next, committed.Revision));
    }

    private static WriteOutcome Outdated(ResourceType type, Resource there) => WriteOutcome.Conflict(
        $"Operation cannot be fulfilled on {type.QualifiedPlural} \"{there.Metadata.Name}\": the object has been modified; please apply your changes to the latest version and try again",
        there);
}
