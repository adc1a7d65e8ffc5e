using Spectre.Console;

namespace Orchestrator.Cli.Output;

/// <summary>Colours of phases, types of Events and the like.</summary>
internal static class Palette
{
    public static Style Of(string value) => value switch
    {
        "Running" or "Ready" or "Succeeded" => new(Color.Green),
        "Failed" or "Unreachable" or "Unknown" or "NotReady" or "Warning" => new(Color.Red),
        "Pending" or "Provisioning" or "Paused" or "Stopping" or "Terminating" => new(Color.Yellow),
        _ => Style.Plain,
    };
}
