namespace Orchestrator.ThreeFiles;

/// <summary>A value of a JSON or Python literal, with the line it starts on.</summary>
internal abstract record Literal(int Line)
{
    /// <summary>What messages call it.</summary>
    public abstract string Shown { get; }
}

internal sealed record TextLiteral(int Line, string Text) : Literal(Line)
{
    public override string Shown => $"the text {InputFile.Show(Text)}";
}

/// <param name="Text">As written: an integer of any size, or a number with a fraction or an exponent.</param>
internal sealed record NumberLiteral(int Line, string Text) : Literal(Line)
{
    public override string Shown => Text.Length <= 40 ? Text : Text[..40] + "…";
}

/// <summary><c>true</c>, <c>false</c> or <c>null</c>, in either language.</summary>
internal sealed record WordLiteral(int Line, string Word) : Literal(Line)
{
    public override string Shown => Word;
}

internal sealed record ListLiteral(int Line, IReadOnlyList<Literal> Items) : Literal(Line)
{
    public override string Shown => "a list";
}

internal sealed record MapLiteral(int Line, IReadOnlyList<(TextLiteral Key, Literal Value)> Entries) : Literal(Line)
{
    public override string Shown => "a map";

    public Literal? this[string key] => Entries.FirstOrDefault(entry => entry.Key.Text == key).Value;
}

internal sealed class LiteralException(int line, string message) : Exception(message)
{
    public int Line { get; } = line;
}
