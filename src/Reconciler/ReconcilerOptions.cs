using System.ComponentModel.DataAnnotations;

namespace Orchestrator.Reconciler;

/// <summary>The <c>reconciler</c> part of the configuration.</summary>
public sealed record ReconcilerOptions
{
    /// <summary>Seconds between light sweeps: one call per PM that tells every domain's state.</summary>
    [Range(1, 86400)]
    public int SweepSeconds { get; init; } = 15;

    /// <summary>Seconds between deep sweeps: definitions and disk files are looked at again, too.</summary>
    [Range(1, 86400)]
    public int DeepSweepSeconds { get; init; } = 300;

    /// <summary>Seconds between looks at what PMs have and how images are.</summary>
    [Range(1, 86400)]
    public int LookSeconds { get; init; } = 60;

    /// <summary>Minutes a fetch of an image from another host may take.</summary>
    [Range(1, 10080)]
    public int ImageFetchMinutes { get; init; } = 60;
}
