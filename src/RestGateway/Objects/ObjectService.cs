using Microsoft.Extensions.Logging;
using Orchestrator.Model;
using Orchestrator.Storage;

namespace Orchestrator.RestGateway.Objects;

/// <summary>
/// Reads and writes objects by the rules of the Kubernetes API, over any protocol: admission, identity, numbers, compare-and-swap,
/// finalizers. All desired state goes through here, and nothing here writes status.
/// </summary>
/// <param name="newUid">Where identities come from.</param>
public sealed partial class ObjectService(IObjectStore store, TimeProvider time, Func<Guid> newUid, ILogger<ObjectService> log) : IObjectWriter
{
    private readonly NumberRegistry _numbers = new(store);

    /// <summary>The newest revision.</summary>
    public long Revision => store.Revision;

    /// <summary>The stored bytes, or null.</summary>
    public ValueTask<Entry?> FindAsync(ResourceType type, string? @namespace, string name, CancellationToken stop) =>
        store.GetAsync(type.Key(@namespace, name), stop);

    public async ValueTask<Resource?> GetAsync(ResourceType type, string? @namespace, string name, CancellationToken stop) =>
        await FindAsync(type, @namespace, name, stop) is { } entry ? Decode(type, entry) : null;

    /// <summary>The object that has this <c>status.id</c>, or null; the number of an object that is gone belongs to nobody.</summary>
    public async ValueTask<Resource?> GetByNumberAsync(ResourceType type, int id, CancellationToken stop) =>
        await _numbers.HolderAsync(type, id, stop) is { } holder
        && await GetAsync(type, holder.Namespace, holder.Name, stop) is { } found
        && found.Metadata.Uid == holder.Uid
            ? found
            : null;

    public async ValueTask<IReadOnlyList<Resource>> WithAnnotationAsync(string annotation, CancellationToken stop)
    {
        var found = new List<Resource>();
        foreach (var type in ResourceTypes.All.Where(type => type != ResourceTypes.Events))
        {
            var listing = await store.ListAsync(type.Prefix, stop);
            found.AddRange(listing.Items.Select(entry => Decode(type, entry)).Where(resource => resource.Metadata.Annotations.ContainsKey(annotation)));
        }

        return found;
    }

    public async ValueTask<WriteOutcome> ApplyAsync(Resource desired, StringMap whenCreated, CancellationToken stop)
    {
        var type = ResourceTypes.Find(desired.ApiVersion, desired.Kind);
        if (type is null)
        {
            return WriteOutcome.Invalid([FieldError.Invalid("kind", $"{desired.ApiVersion}/{desired.Kind}", "there is no such kind")]);
        }

        while (true)
        {
            var outcome = await UpdateAsync(type, desired.Metadata.Namespace, desired.Metadata.Name, stored => Change.To(Merged(stored, desired)), stop);
            if (outcome.Result is not WriteResult.NotFound)
            {
                return outcome;
            }

            outcome = await CreateAsync(type, Annotated(desired, whenCreated), stop);
            if (outcome is not { Result: WriteResult.Conflict, Object: not null })
            {
                return outcome;
            }

            // Somebody else created it in between: now it is there to be updated.
        }
    }

    public ValueTask<WriteOutcome> DeleteAsync(ResourceType type, string? @namespace, string name, Guid uid, CancellationToken stop) =>
        DeleteAsync(type, @namespace, name, new DeleteWish(Uid: uid), stop);

    private static Resource Annotated(Resource resource, StringMap more) =>
        resource with { Metadata = resource.Metadata with { Annotations = new([.. resource.Metadata.Annotations.Where(pair => !more.ContainsKey(pair.Key)), .. more]) } };

    private static Resource Merged(Resource stored, Resource desired)
    {
        var (old, wanted) = (stored.Metadata, desired.Metadata);
        return desired with
        {
            Metadata = wanted with
            {
                Labels = new([.. old.Labels.Where(pair => !wanted.Labels.ContainsKey(pair.Key)), .. wanted.Labels]),
                Annotations = new([.. old.Annotations.Where(pair => !wanted.Annotations.ContainsKey(pair.Key)), .. wanted.Annotations]),
                Finalizers = [.. old.Finalizers.Union(old.Deleting ? [] : wanted.Finalizers, StringComparer.Ordinal)],
                OwnerReferences = wanted.OwnerReferences.Count > 0 ? wanted.OwnerReferences : old.OwnerReferences,
            },
        };
    }

    private static Resource Decode(ResourceType type, Entry entry) => type.Decode(entry.Value.Span, entry.Revision);

    private static long RevisionOf(Resource stored) => long.Parse(stored.Metadata.ResourceVersion!, System.Globalization.CultureInfo.InvariantCulture);

    private static Resource Stamp(Resource stored, long revision) =>
        stored with { Metadata = stored.Metadata with { ResourceVersion = revision.ToString(System.Globalization.CultureInfo.InvariantCulture) } };

    /// <summary>Now, as precise as it is stored.</summary>
    private DateTimeOffset Now() => DateTimeOffset.FromUnixTimeSeconds(time.GetUtcNow().ToUnixTimeSeconds());

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Information, "Created {Kind} {Name} with id {Id}")]
        public static partial void Created(ILogger logger, string kind, string name, int? id);

        [LoggerMessage(2, LogLevel.Information, "Updated {Kind} {Name} to generation {Generation}")]
        public static partial void Updated(ILogger logger, string kind, string name, long generation);

        [LoggerMessage(3, LogLevel.Information, "Deletion of {Kind} {Name} was asked for; it waits for {Finalizers}")]
        public static partial void Deleting(ILogger logger, string kind, string name, EquatableArray<string> finalizers);

        [LoggerMessage(4, LogLevel.Information, "Removed {Kind} {Name}")]
        public static partial void Removed(ILogger logger, string kind, string name);
    }
}
