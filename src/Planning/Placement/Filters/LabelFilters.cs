using Orchestrator.Model;

namespace Orchestrator.Planning;

/// <summary>Has the labels of <c>spec.placement.nodeSelector</c>.</summary>
internal sealed record LabelsFilter() : PlacementFilter("LabelsDiffer")
{
    public override string? Refuse(PlacementContext context, FleetMember member)
    {
        var labels = member.Machine.Metadata.Labels;
        var selector = context.Wishes.NodeSelector;
        return labels.Includes(selector)
            ? null
            : "lacks " + string.Join(", ", selector.Where(pair => !labels.TryGetValue(pair.Key, out var value) || value != pair.Value).Select(pair => $"{pair.Key}={pair.Value}"));
    }
}

/// <summary>Has no taint that the VM does not tolerate.</summary>
internal sealed record TaintsFilter() : PlacementFilter("UntoleratedTaint")
{
    public override string? Refuse(PlacementContext context, FleetMember member)
    {
        var untolerated = member.Machine.Spec.Taints
            .Where(taint => !context.Wishes.Tolerations.Any(toleration => Tolerates(toleration, taint)))
            .Select(taint => taint.Value.Length == 0 ? taint.Key : $"{taint.Key}={taint.Value}")
            .ToList();
        return untolerated.Count == 0 ? null : $"has the taint {string.Join(", ", untolerated)}";
    }

    private static bool Tolerates(Toleration toleration, Taint taint) =>
        toleration.Key == taint.Key && (toleration.Value is null || toleration.Value == taint.Value);
}
