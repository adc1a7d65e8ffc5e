using Orchestrator.Model;
using Orchestrator.Reconciler.Specs.Yaml;

namespace Orchestrator.Reconciler.Specs;

/// <summary>What one file of the specs folder says.</summary>
/// <param name="Path">Relative to the folder, with <c>/</c>.</param>
/// <param name="Name">The file as people name it: the folder's name and the path.</param>
/// <param name="Text">What was read; null when the file could not be read at all.</param>
/// <param name="Documents">In the order of the file. Of a file with errors nothing is used.</param>
public sealed record SpecFile(string Path, string Name, string? Text, IReadOnlyList<SpecDocument> Documents, EquatableArray<SpecError> Errors)
{
    public bool Valid => Errors.Count == 0;

    /// <summary>True for a file without any text: what a power cut or an editor that was interrupted leaves behind.</summary>
    public bool Blank => Text is not null && string.IsNullOrWhiteSpace(Text.Trim('\0'));

    /// <summary>False only when the file certainly does not speak of an object of this name.</summary>
    public bool MayMention(string name) => Text is null || Text.Contains(name, StringComparison.Ordinal);

    public SpecFile WithErrors(IEnumerable<SpecError> more) => this with { Errors = [.. Errors, .. more] };
}

/// <summary>One object as a file describes it.</summary>
public sealed class SpecDocument
{
    private readonly JsonText _text;

    internal SpecDocument(ResourceType type, Resource described, string digest, JsonText text)
    {
        Type = type;
        Object = described;
        Digest = digest;
        _text = text;
    }

    public ResourceType Type { get; }

    public Resource Object { get; }

    /// <summary>A fingerprint of what the document says; comments and layout do not count.</summary>
    public string Digest { get; }

    public string Key => Type.Key(Object.Metadata);

    /// <summary>Where the document starts.</summary>
    public SpecPosition At => _text.Locate("");

    /// <summary>Where a field stands, or the nearest one around it.</summary>
    public SpecPosition Locate(string field) => _text.Locate(field);

    public override string ToString() => $"{Type.Kind} {Object.Metadata.FullName}";
}
