namespace Orchestrator.Cli;

/// <summary>What a run of <c>orchctl</c> gets from its process: where to write, the environment, the clock.</summary>
public sealed record Surroundings(TextWriter Out, TextWriter Error, Func<string, string?> Environment, TimeProvider Time);
