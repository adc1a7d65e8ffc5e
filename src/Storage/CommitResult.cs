namespace Orchestrator.Storage;

/// <summary>How a transaction ended: <see cref="Committed"/> or <see cref="Conflict"/>, nothing else.</summary>
public abstract record CommitResult
{
    private CommitResult()
    {
    }

    /// <summary>All operations are applied and durable.</summary>
    /// <param name="Revision">The transaction's revision; if it had nothing to change, the revision at which its preconditions held.</param>
    public sealed record Committed(long Revision) : CommitResult;

    /// <summary>A precondition did not hold, nothing was applied.</summary>
    /// <param name="Key">The first key whose precondition failed.</param>
    /// <param name="Current">What is there instead; null if the key is absent.</param>
    public sealed record Conflict(string Key, Entry? Current) : CommitResult;
}
