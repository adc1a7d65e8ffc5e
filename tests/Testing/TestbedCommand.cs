using System.Diagnostics;

namespace Orchestrator.Testing;

/// <summary>What a command printed and how it ended.</summary>
public sealed record CommandResult(int ExitCode, string Output, string Error)
{
    /// <summary>The output of a command that has to succeed.</summary>
    /// <exception cref="InvalidOperationException">The exit code is not 0; the message has what the command printed.</exception>
    public string OutputOrThrow() =>
        ExitCode == 0 ? Output : throw new InvalidOperationException($"Exit code {ExitCode}. {Output}{Error}".TrimEnd());
}

public static class TestbedCommand
{
    /// <summary>Runs a program without a shell and collects what it prints; cancellation kills it with its children.</summary>
    public static async Task<CommandResult> RunAsync(string program, IEnumerable<string> arguments, CancellationToken stop)
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        using var process = Process.Start(start) ?? throw new InvalidOperationException($"{program} did not start.");
        process.StandardInput.Close();
        try
        {
            var output = process.StandardOutput.ReadToEndAsync(stop);
            var error = process.StandardError.ReadToEndAsync(stop);
            await process.WaitForExitAsync(stop).ConfigureAwait(false);
            return new CommandResult(process.ExitCode, await output.ConfigureAwait(false), await error.ConfigureAwait(false));
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            throw;
        }
    }
}
