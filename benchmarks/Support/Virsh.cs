using System.Diagnostics;

namespace Orchestrator.Benchmarks.Support;

/// <summary>One <c>virsh</c> that stays connected and takes commands on its input, so that its figures hold no start and no login.</summary>
internal sealed class Virsh : IAsyncDisposable
{
    private const string Done = "bench-done";
    private readonly Process _process;

    private Virsh(Process process) => _process = process;

    public static async Task<Virsh> ConnectAsync(string uri)
    {
        var start = new ProcessStartInfo("virsh") { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true };
        Array.ForEach(["-q", "-c", uri], start.ArgumentList.Add);
        var process = Process.Start(start)!;
        process.OutputDataReceived += (_, _) => { };
        process.BeginOutputReadLine(); // its prompts are of no interest, but somebody has to take them
        var virsh = new Virsh(process);
        await virsh.RunAsync("uri");
        return virsh;
    }

    /// <summary>Runs commands and waits until the last is done.</summary>
    public async Task RunAsync(params string[] commands)
    {
        foreach (var command in commands)
        {
            await _process.StandardInput.WriteLineAsync(command);
        }

        await _process.StandardInput.WriteLineAsync($"echo --err {Done}");
        await _process.StandardInput.FlushAsync();
        while (await _process.StandardError.ReadLineAsync() is { } line && !line.Contains(Done, StringComparison.Ordinal))
        {
            if (line.StartsWith("error:", StringComparison.Ordinal))
            {
                throw new InvalidOperationException($"virsh: {line}");
            }
        }
    }

    public async ValueTask DisposeAsync()
    {
        _process.StandardInput.Close();
        await _process.WaitForExitAsync();
        _process.Dispose();
    }
}
