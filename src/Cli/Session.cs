using Orchestrator.Cli.Http;
using Orchestrator.Cli.Output;

namespace Orchestrator.Cli;

internal enum OutputFormat
{
    Table,
    Json,
    Name,
}

/// <summary>What a command works with. Lives as long as the command.</summary>
/// <param name="Namespace">Of namespaced objects.</param>
/// <param name="Stop">The user pressed Ctrl-C.</param>
internal sealed record Session(ApiClient Api, Screen Screen, TimeProvider Time, string Namespace, OutputFormat Format, CancellationToken Stop)
{
    /// <summary>Does the work; what goes wrong becomes a message and <see cref="Orchctl.Failed"/>.</summary>
    public static async Task<int> RunAsync(
        Surroundings around, Uri server, string @namespace, OutputFormat format, Func<Session, Task> work, CancellationToken stop)
    {
        using var api = new ApiClient(server, around.Time);
        var screen = new Screen(around.Out, around.Error, around.Environment, around.Time);
        try
        {
            await work(new(api, screen, around.Time, @namespace, format, stop));
            return 0;
        }
        catch (ApiException refused)
        {
            screen.Error(refused.Message, refused.Causes);
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            screen.Error("interrupted", []);
        }

        return Orchctl.Failed;
    }
}
