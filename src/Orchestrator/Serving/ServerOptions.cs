using System.ComponentModel.DataAnnotations;
using Orchestrator.Planning;
using Orchestrator.Reconciler;

namespace Orchestrator.Serving;

/// <summary>
/// The configuration of a server. Each value comes from, later ones winning: <c>orchestrator.json</c>, the environment
/// (<c>ORCHESTRATOR_Seed__DeadlineSeconds=30</c>), flags.
/// </summary>
public sealed record ServerOptions
{
    /// <summary>The folder of the database, fetched images and sockets.</summary>
    public string Data { get; init; } = "/var/lib/orchestrator";

    /// <summary>The folder that operators drop YAML into; by default <c>specs</c> in the data folder.</summary>
    public string? Specs { get; init; }

    /// <summary>Where to listen. There is no authentication yet: only loopback addresses are accepted.</summary>
    public string Listen { get; init; } = "http://127.0.0.1:8080";

    public SeedSection Seed { get; init; } = new();

    public PlacementOptions Placement { get; init; } = new();

    public ReconcilerOptions Reconciler { get; init; } = new();

    public LibvirtSection Libvirt { get; init; } = new();

    public string SpecsFolder => Specs ?? Path.Combine(Data, "specs");

    /// <summary>All that is wrong with it.</summary>
    public IEnumerable<string> Problems()
    {
        if (!Path.IsPathRooted(Data))
        {
            yield return $"data: '{Data}' must be an absolute path";
        }

        if (!Path.IsPathRooted(SpecsFolder))
        {
            yield return $"specs: '{SpecsFolder}' must be an absolute path";
        }

        if (!Uri.TryCreate(Listen, UriKind.Absolute, out var uri) || uri.Scheme != Uri.UriSchemeHttp)
        {
            yield return $"listen: '{Listen}' must be an address such as http://127.0.0.1:8080";
        }
        else if (!uri.IsLoopback)
        {
            yield return $"listen: '{Listen}' is not a loopback address, and there is no authentication yet: reach it through ssh -L or a proxy";
        }

        foreach (var (name, section) in new (string, object)[] { ("reconciler", Reconciler), ("seed", Seed), ("libvirt", Libvirt) })
        {
            var results = new List<ValidationResult>();
            Validator.TryValidateObject(section, new(section), results, validateAllProperties: true);
            foreach (var result in results)
            {
                yield return $"{name}: {result.ErrorMessage}";
            }
        }

        foreach (var error in PlacementPolicies.From(Placement).Errors)
        {
            yield return $"placement.{error}";
        }
    }
}

/// <summary>The seed API.</summary>
public sealed record SeedSection
{
    public bool Enabled { get; init; } = true;

    /// <summary>Seconds that a write waits for its outcome.</summary>
    [Range(0, 3600)]
    public int DeadlineSeconds { get; init; } = 60;
}

/// <summary>The connections to PMs.</summary>
public sealed record LibvirtSection
{
    /// <summary>Seconds of silence after which a PM is asked for a sign of life.</summary>
    [Range(1, 300)]
    public int KeepAliveSeconds { get; init; } = 5;

    /// <summary>How many unanswered ones are forgiven; a PM that does not answer is noticed after seconds × (count + 1).</summary>
    [Range(0, 100)]
    public int KeepAliveCount { get; init; } = 1;

    /// <summary>False ignores libvirt's events, so that only sweeps find what changed.</summary>
    public bool Events { get; init; } = true;
}
