using Orchestrator.Model;
using Orchestrator.Storage;

namespace Orchestrator.Reconciler;

/// <summary>The stored objects by kind, as the reconciler reads and writes them. It writes status and finalizers, never spec.</summary>
public sealed class Records(IObjectStore store)
{
    public IObjectStore Store => store;

    public Collection<PhysicalMachine> PhysicalMachines { get; } = Of(store, ResourceTypes.PhysicalMachines);

    public Collection<InstanceType> InstanceTypes { get; } = Of(store, ResourceTypes.InstanceTypes);

    public Collection<Image> Images { get; } = Of(store, ResourceTypes.Images);

    public Collection<VirtualMachine> VirtualMachines { get; } = Of(store, ResourceTypes.VirtualMachines);

    public Collection<Event> Events { get; } = Of(store, ResourceTypes.Events);

    /// <summary>The revision at which this object was read.</summary>
    public static long RevisionOf(Resource resource) =>
        long.Parse(resource.Metadata.ResourceVersion!, System.Globalization.CultureInfo.InvariantCulture);

    /// <summary>
    /// Writes what the reconciler owns of an object over its newest version. Only one reconciler writes an object's status, so a conflict
    /// can only be a user's change of something else: it is kept. Nothing is written when nothing changes.
    /// </summary>
    /// <param name="collection">Where the object is.</param>
    /// <param name="key">The object's key in the collection.</param>
    /// <param name="uid">The object meant: another one that has taken its name is left alone.</param>
    /// <param name="change">Gives the object to store, from the newest version.</param>
    /// <param name="stop">Withdraws a write that has not begun.</param>
    /// <returns>The object as it is now stored, or null when it is gone.</returns>
    public static async ValueTask<T?> ChangeAsync<T>(Collection<T> collection, string key, Guid? uid, Func<T, T> change, CancellationToken stop)
        where T : Resource
    {
        while (await collection.GetAsync(key, stop).ConfigureAwait(false) is { } current && current.Metadata.Uid == uid)
        {
            var changed = change(current);
            if (changed.Equals(current))
            {
                return current;
            }

            if (await collection.UpdateAsync(key, changed, RevisionOf(current), stop).ConfigureAwait(false) is CommitResult.Committed committed)
            {
                return changed with { Metadata = changed.Metadata with { ResourceVersion = committed.Revision.ToString(System.Globalization.CultureInfo.InvariantCulture) } };
            }
        }

        return null;
    }

    /// <summary>Takes our finalizer off a deleted object; the last one takes the object with it.</summary>
    public static async ValueTask ReleaseAsync<T>(Collection<T> collection, string key, Guid? uid, string finalizer)
        where T : Resource
    {
        // Not cancellable: all is cleaned up outside, and only this remains to be said.
        while (await collection.GetAsync(key, CancellationToken.None).ConfigureAwait(false) is { Metadata: { Deleting: true } metadata } current && metadata.Uid == uid)
        {
            EquatableArray<string> left = [.. metadata.Finalizers.Where(other => other != finalizer)];
            var result = left.Count == 0
                ? await collection.DeleteAsync(key, RevisionOf(current), CancellationToken.None).ConfigureAwait(false)
                : await collection.UpdateAsync(key, (T)(current with { Metadata = metadata with { Finalizers = left } }), RevisionOf(current), CancellationToken.None).ConfigureAwait(false);
            if (result is CommitResult.Committed)
            {
                return;
            }
        }
    }

    private static Collection<T> Of<T>(IObjectStore store, ResourceType<T> type)
        where T : Resource =>
        new(store, type.Prefix, entry => (T)type.Decode(entry.Value.Span, entry.Revision), value => type.Encode(value));
}
