namespace Orchestrator.Reconciler.Specs;

/// <summary>A place in a text; both numbers start at 1.</summary>
public sealed record SpecPosition(int Line, int Column)
{
    public static SpecPosition Start { get; } = new(1, 1);
}

/// <summary>What is wrong with a specs file, and where.</summary>
/// <param name="File">The file as people name it, such as <c>specs/web.yaml</c>.</param>
/// <param name="Field">Path of the field, such as <c>spec.cpu</c>; empty when the text itself is wrong.</param>
public sealed record SpecError(string File, SpecPosition At, string Field, string Message)
{
    public override string ToString() =>
        Field.Length == 0 ? $"{File}:{At.Line}:{At.Column}: {Message}" : $"{File}:{At.Line}:{At.Column} {Field}: {Message}";
}
