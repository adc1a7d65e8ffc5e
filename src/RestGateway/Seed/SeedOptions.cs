namespace Orchestrator.RestGateway.Seed;

/// <summary>The <c>seed</c> part of the configuration.</summary>
public sealed record SeedOptions
{
    /// <summary>Whether the seed API is served.</summary>
    public bool Enabled { get; init; } = true;

    /// <summary>How long a call waits for the outcome of what it asked for. What is still under way then counts as done.</summary>
    public TimeSpan Deadline { get; init; } = TimeSpan.FromSeconds(60);
}
