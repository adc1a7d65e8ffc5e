using System.Text;

namespace Orchestrator.Storage.Tests;

public enum ModelVerb
{
    Create,
    Update,
    Put,
    Delete,
    DeleteAny,
    Check,
    CheckAbsent,
}

/// <summary>An operation that expects the true revision plus <c>Stale</c>, where it expects one: anything but 0 makes it lose.</summary>
public sealed record ModelOperation(ModelVerb Verb, string Key, string Value, int Stale);

public abstract record ModelAction
{
    public sealed record Commit(ModelOperation[] Operations) : ModelAction
    {
        public override string ToString() => $"Commit {string.Join(", ", Operations.AsEnumerable())}";
    }

    public sealed record Compact(int Keep) : ModelAction;

    public sealed record Reopen : ModelAction;
}

public sealed record ModelEntry(string Key, string Value, long CreateRevision, long Revision)
{
    public static ModelEntry Of(Entry entry) => new(entry.Key, Encoding.UTF8.GetString(entry.Value.Span), entry.CreateRevision, entry.Revision);
}

public sealed record ModelEvent(StoreEventType Type, ModelEntry Entry);

/// <summary>The store as it would be without durability, concurrency or thrift: what any engine must agree with.</summary>
public sealed class StoreModel
{
    public IDictionary<string, ModelEntry> Entries { get; } = new SortedDictionary<string, ModelEntry>(StringComparer.Ordinal);

    public IList<ModelEvent> Events { get; } = [];

    public long Revision { get; private set; }

    public long Compacted { get; set; }

    public Operation ToOperation(ModelOperation one)
    {
        var revision = (Find(one.Key)?.Revision ?? 1) + one.Stale;
        var value = Encoding.UTF8.GetBytes(one.Value);
        return one.Verb switch
        {
            ModelVerb.Create => Operation.Create(one.Key, value),
            ModelVerb.Update => Operation.Update(one.Key, value, revision),
            ModelVerb.Put => Operation.Put(one.Key, value),
            ModelVerb.Delete => Operation.Delete(one.Key, revision),
            ModelVerb.DeleteAny => Operation.Delete(one.Key),
            ModelVerb.Check => Operation.Check(one.Key, revision),
            _ => Operation.CheckAbsent(one.Key),
        };
    }

    public string Commit(IEnumerable<Operation> operations)
    {
        foreach (var operation in operations)
        {
            var current = Find(operation.Key);
            if (operation.ExpectedRevision is { } expected && (expected == 0 ? current is not null : current?.Revision != expected))
            {
                return $"conflict {operation.Key} {current?.Revision}";
            }
        }

        var next = Revision + 1;
        foreach (var operation in operations)
        {
            var current = Find(operation.Key);
            if (operation.Effect == OperationEffect.Put)
            {
                Entries[operation.Key] = new(operation.Key, Encoding.UTF8.GetString(operation.Value.Span), current?.CreateRevision ?? next, next);
                Events.Add(new(StoreEventType.Put, Entries[operation.Key]));
                Revision = next;
            }
            else if (operation.Effect == OperationEffect.Delete && current is not null)
            {
                Entries.Remove(operation.Key);
                Events.Add(new(StoreEventType.Deleted, current with { Revision = next }));
                Revision = next;
            }
        }

        return $"committed {Revision}";
    }

    private ModelEntry? Find(string key) => Entries.TryGetValue(key, out var entry) ? entry : null;
}
