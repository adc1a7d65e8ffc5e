namespace Orchestrator.ThreeFiles;

/// <summary>What is wrong with one of the three files.</summary>
/// <param name="Line">Counted from 1; 0 when the file as a whole is meant.</param>
public sealed record FileProblem(string File, int Line, string Reason)
{
    public override string ToString() => Line == 0 ? $"{File}: {Reason}" : $"{File}:{Line}: {Reason}";
}

/// <summary>Collects all that is wrong with one file, so that a person sees everything at once.</summary>
internal sealed class Problems(string file)
{
    private readonly List<FileProblem> _found = [];

    public IReadOnlyList<FileProblem> Found => [.. _found.OrderBy(problem => problem.Line)];

    public void Add(int line, string reason) => _found.Add(new(file, line, reason));
}
