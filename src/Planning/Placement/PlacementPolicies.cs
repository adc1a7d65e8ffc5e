using Orchestrator.Model;

namespace Orchestrator.Planning;

/// <summary>The <c>placement</c> part of the configuration.</summary>
public sealed record PlacementOptions
{
    /// <summary>The policy of all VMs for which nothing else is said: a score's name, or a key of <see cref="Weighted"/>.</summary>
    public string Policy { get; init; } = "spread";

    /// <summary>Policies of one's own: name, then scores with their weights.</summary>
    public IDictionary<string, IDictionary<string, double>> Weighted { get; init; } = new Dictionary<string, IDictionary<string, double>>(StringComparer.Ordinal);

    /// <summary>Policies of single namespaces.</summary>
    public IDictionary<string, string> Namespaces { get; init; } = new Dictionary<string, string>(StringComparer.Ordinal);
}

/// <summary>
/// All policies that VMs can have by name: each score alone, and the weighted ones of the configuration. A VM's affinity wishes
/// come before the policy, except in a weighted policy that gives <c>prefer-affinity</c> a weight.
/// </summary>
public sealed class PlacementPolicies
{
    private static readonly PlacementScore _wishes = new PreferAffinityScore();
    private readonly SortedDictionary<string, PlacementPolicy> _byName = new(StringComparer.Ordinal);
    private readonly PlacementOptions _options;

    private PlacementPolicies(PlacementOptions options)
    {
        _options = options;
        foreach (var score in PlacementScores.All)
        {
            _byName.Add(score.Name, new(score.Name, score == _wishes ? [_wishes] : [_wishes, score]));
        }
    }

    public IEnumerable<string> KnownNames => _byName.Keys;

    /// <summary>The policies of a configuration, or all that is wrong with it (fields relative to the placement part).</summary>
    public static (PlacementPolicies? Policies, EquatableArray<FieldError> Errors) From(PlacementOptions options)
    {
        var policies = new PlacementPolicies(options);
        EquatableArray<FieldError> errors =
        [
            .. options.Weighted.SelectMany(weighted => policies.AddWeighted(weighted.Key, weighted.Value)),
            .. policies.Check("policy", options.Policy),
            .. options.Namespaces.SelectMany(pair => policies.Check($"namespaces[{pair.Key}]", pair.Value)),
        ];
        return errors.Count == 0 ? (policies, []) : (null, errors);
    }

    public PlacementPolicy? Find(string name) => _byName.GetValueOrDefault(name);

    /// <summary>The name of the policy that a VM asks for: its own, else its namespace's, else the default.</summary>
    public string NameFor(VirtualMachine vm) =>
        vm.Spec.Placement?.Policy
        ?? (vm.Metadata.Namespace is { } @namespace && _options.Namespaces.TryGetValue(@namespace, out var policy) ? policy : null)
        ?? _options.Policy;

    private List<FieldError> AddWeighted(string name, IDictionary<string, double> weights)
    {
        var field = $"weighted[{name}]";
        var errors = weights.SelectMany(weight => CheckWeight($"{field}[{weight.Key}]", weight.Key, weight.Value)).ToList();
        if (!Names.IsName(name))
        {
            errors.Add(FieldError.Invalid(field, name, Names.NameRule));
        }

        if (PlacementScores.All.Any(score => score.Name == name))
        {
            errors.Add(FieldError.Invalid(field, name, "is the name of a built-in policy"));
        }

        if (weights.Count == 0)
        {
            errors.Add(FieldError.Required(field, "give at least one score with its weight"));
        }

        if (errors.Count == 0)
        {
            EquatableArray<WeightedScore.Part> parts =
                [.. PlacementScores.All.Where(score => weights.ContainsKey(score.Name)).Select(score => new WeightedScore.Part(score, weights[score.Name]))];
            var sum = new WeightedScore(name, parts);
            _byName[name] = new(name, weights.ContainsKey(_wishes.Name) ? [sum] : [_wishes, sum]);
        }

        return errors;
    }

    private static IEnumerable<FieldError> CheckWeight(string field, string score, double weight)
    {
        if (PlacementScores.All.All(known => known.Name != score))
        {
            yield return FieldError.Invalid(field, score, $"is no score; there are {string.Join(", ", PlacementScores.All.Select(known => known.Name))}");
        }

        if (weight is not (> 0 and <= 1_000_000))
        {
            yield return FieldError.Invalid(field, weight, "must be more than 0 and at most 1000000");
        }
    }

    /// <summary>A weighted policy that is wrong itself is told so once, not at each use.</summary>
    private IEnumerable<FieldError> Check(string field, string policy) =>
        _byName.ContainsKey(policy) || _options.Weighted.ContainsKey(policy) ? [] : [FieldError.Invalid(field, policy, $"is no placement policy; there are {string.Join(", ", KnownNames)}")];
}
