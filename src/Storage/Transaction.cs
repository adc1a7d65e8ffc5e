namespace Orchestrator.Storage;

/// <summary>What an operation does once all preconditions of its transaction hold.</summary>
public enum OperationEffect
{
    /// <summary>Nothing: the operation is only a precondition.</summary>
    None,

    /// <summary>Writes the value.</summary>
    Put,

    /// <summary>Removes the key, if it is there.</summary>
    Delete,
}

/// <summary>One compare and one effect on one key.</summary>
public sealed record Operation
{
    private const int MaxKeyLength = 1024;

    private Operation(string key, long? expectedRevision, OperationEffect effect, ReadOnlyMemory<byte> value)
    {
        RequireUsable(key);
        (Key, ExpectedRevision, Effect, Value) = (key, expectedRevision, effect, value);
    }

    public string Key { get; }

    /// <summary>The revision that the key's entry must have; 0: the key must be absent (as in an etcd compare); null: no precondition.</summary>
    public long? ExpectedRevision { get; }

    public OperationEffect Effect { get; }

    /// <summary>A copy of what the caller gave, so that the caller may reuse its buffer. Empty unless the effect is Put.</summary>
    public ReadOnlyMemory<byte> Value { get; }

    /// <summary>Writes a key that must be absent.</summary>
    public static Operation Create(string key, ReadOnlyMemory<byte> value) => new(key, 0, OperationEffect.Put, value.ToArray());

    /// <summary>Replaces the value of a key that must still be at the revision.</summary>
    public static Operation Update(string key, ReadOnlyMemory<byte> value, long expectedRevision) =>
        new(key, RequireReal(expectedRevision), OperationEffect.Put, value.ToArray());

    /// <summary>Writes a key whatever it holds.</summary>
    public static Operation Put(string key, ReadOnlyMemory<byte> value) => new(key, null, OperationEffect.Put, value.ToArray());

    /// <summary>Removes a key that must still be at the revision.</summary>
    public static Operation Delete(string key, long expectedRevision) => new(key, RequireReal(expectedRevision), OperationEffect.Delete, default);

    /// <summary>Removes a key whatever it holds. Removing an absent key changes nothing and takes no revision.</summary>
    public static Operation Delete(string key) => new(key, null, OperationEffect.Delete, default);

    /// <summary>Requires the key to be at the revision, and changes nothing.</summary>
    public static Operation Check(string key, long expectedRevision) => new(key, RequireReal(expectedRevision), OperationEffect.None, default);

    /// <summary>Requires the key to be absent, and changes nothing.</summary>
    public static Operation CheckAbsent(string key) => new(key, 0, OperationEffect.None, default);

    internal bool HoldsFor(Entry? current) => ExpectedRevision is not { } expected || expected == (current?.Revision ?? 0);

    private static long RequireReal(long revision)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(revision, 1);
        return revision;
    }

    // Without surrogates the ordinal order of strings is the byte order of their UTF-8, which is how etcd orders keys.
    private static void RequireUsable(string key)
    {
        if (key.Length is 0 or > MaxKeyLength || key.Any(c => char.IsControl(c) || char.IsSurrogate(c)))
        {
            throw new ArgumentException($"A key has 1 to {MaxKeyLength} characters, none of them a control character or a surrogate.", nameof(key));
        }
    }
}

/// <summary>Operations that happen together, under one revision, or not at all. Each key occurs once.</summary>
public sealed record Transaction
{
    /// <summary>The most operations in one transaction (etcd's default).</summary>
    public const int MaxOperations = 128;

    /// <summary>The most bytes of keys and values in one transaction (etcd's default for a request).</summary>
    public const int MaxBytes = 1_572_864;

    /// <exception cref="ArgumentException">No operation, too many, or two on the same key.</exception>
    /// <exception cref="TransactionTooLargeException">More than <see cref="MaxBytes"/>.</exception>
    public Transaction(params IReadOnlyList<Operation> operations)
    {
        if (operations.Count is 0 or > MaxOperations)
        {
            throw new ArgumentException($"A transaction has 1 to {MaxOperations} operations, not {operations.Count}.", nameof(operations));
        }

        if (operations.Count > 1 && operations.DistinctBy(operation => operation.Key, StringComparer.Ordinal).Count() < operations.Count)
        {
            throw new ArgumentException("A transaction names each key once.", nameof(operations));
        }

        var bytes = operations.Sum(operation => (long)operation.Key.Length + operation.Value.Length);
        if (bytes > MaxBytes)
        {
            throw new TransactionTooLargeException(bytes, MaxBytes);
        }

        Operations = operations;
    }

    public IReadOnlyList<Operation> Operations { get; }
}
