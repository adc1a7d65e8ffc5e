namespace Orchestrator.Storage.Memory;

/// <summary>
/// Transactions judged one after the other, each against what the ones before it in the batch leave behind.
/// Nothing of it is visible until <see cref="RevisionedMemory.Apply"/>; dropping it undoes it.
/// </summary>
internal sealed class Batch(KeyIndex.Builder index, long revision)
{
    private readonly List<StoreEvent> _events = [];

    public long Revision { get; private set; } = revision;

    /// <summary>What the batch changes, in order.</summary>
    public IReadOnlyList<StoreEvent> Events => _events;

    public KeyIndex Index => index.ToIndex();

    public CommitResult Evaluate(Transaction transaction)
    {
        foreach (var operation in transaction.Operations)
        {
            var current = index.Find(operation.Key);
            if (!operation.HoldsFor(current))
            {
                return new CommitResult.Conflict(operation.Key, current);
            }
        }

        var next = Revision + 1;
        foreach (var operation in transaction.Operations)
        {
            Perform(operation, next);
        }

        return new CommitResult.Committed(Revision);
    }

    private void Perform(Operation operation, long next)
    {
        var current = index.Find(operation.Key);
        if (operation.Effect == OperationEffect.Put)
        {
            var entry = new Entry(operation.Key, operation.Value, current?.CreateRevision ?? next, next);
            index.Set(entry);
            Add(new(StoreEventType.Put, entry, current));
        }
        else if (operation.Effect == OperationEffect.Delete && current is not null)
        {
            index.Remove(operation.Key);
            Add(new(StoreEventType.Deleted, current with { Revision = next }, current));
        }
    }

    private void Add(StoreEvent happened)
    {
        _events.Add(happened);
        Revision = happened.Revision;
    }
}
