namespace Orchestrator.Reconciler.Specs.Yaml;

/// <summary>A node of a YAML document with the place where it stands. An alias is the node it stands for.</summary>
internal abstract record YamlNode(SpecPosition At);

/// <param name="Json">The value as a JSON token.</param>
internal sealed record YamlScalar(SpecPosition At, string Json) : YamlNode(At)
{
    public bool IsNull => Json == "null";
}

internal sealed record YamlList(SpecPosition At, IReadOnlyList<YamlNode> Items) : YamlNode(At);

internal sealed record YamlMap(SpecPosition At, IReadOnlyList<YamlEntry> Entries) : YamlNode(At);

/// <param name="At">Where the key stands.</param>
internal sealed record YamlEntry(SpecPosition At, string Key, YamlNode Value);

/// <summary>The text cannot be read as YAML, or asks for more than we are willing to do.</summary>
internal sealed class YamlRefusedException(SpecPosition at, string message) : Exception(message)
{
    public SpecPosition At { get; } = at;
}
