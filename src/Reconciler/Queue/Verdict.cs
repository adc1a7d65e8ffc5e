namespace Orchestrator.Reconciler;

/// <summary>What a handler wants done with the key it was given.</summary>
/// <param name="After">How long to leave the key alone; null leaves it until someone adds it again.</param>
/// <param name="Failed">True counts towards the key's back-off instead of clearing it.</param>
public readonly record struct Verdict(TimeSpan? After = null, bool Failed = false)
{
    public static Verdict Settled => default;

    /// <summary>Something failed: try again after the back-off.</summary>
    public static Verdict Retry => new(Failed: true);

    /// <summary>Nothing failed, but there is more to do at once.</summary>
    public static Verdict Again => new(TimeSpan.Zero);

    /// <summary>Nothing failed, but the world may look different by then.</summary>
    public static Verdict LookAgain(TimeSpan after) => new(after < TimeSpan.Zero ? TimeSpan.Zero : after);
}
