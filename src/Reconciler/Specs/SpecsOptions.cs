namespace Orchestrator.Reconciler.Specs;

/// <summary>Where the specs folder is and how patiently it is watched.</summary>
public sealed record SpecsOptions
{
    public required string Folder { get; init; }

    /// <summary>How often the folder is looked at when nothing says that it changed.</summary>
    public TimeSpan Rescan { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>How long to wait for more changes after one.</summary>
    public TimeSpan Debounce { get; init; } = TimeSpan.FromMilliseconds(150);

    /// <summary>
    /// How long the folder must not have changed before anything is deleted: time for an editor that replaces a file,
    /// a copy that is under way, a document that moves from one file to another.
    /// </summary>
    public TimeSpan Quiet { get; init; } = TimeSpan.FromSeconds(1);
}
