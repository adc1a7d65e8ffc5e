namespace Orchestrator.Cli.Output;

/// <summary>A column of a table.</summary>
/// <param name="Painted">Its values have colours by what they mean, where there are colours.</param>
internal sealed record Column<T>(string Title, Func<T, string> Value, bool Painted = false);
