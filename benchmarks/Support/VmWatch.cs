using System.Text.Json;

namespace Orchestrator.Benchmarks.Support;

/// <summary>A client's watch of all VMs: knows each one's phase as told by the server, and lets callers wait for one.</summary>
internal sealed class VmWatch : IAsyncDisposable
{
    public const string Gone = "";
    private static readonly TimeSpan _patience = TimeSpan.FromMinutes(5);
    private readonly Lock _gate = new();
    private readonly Dictionary<string, string> _phases = new(StringComparer.Ordinal);
    private readonly List<(Func<bool> So, TaskCompletionSource Told)> _waiting = [];
    private readonly StreamReader _lines;
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _reading;

    private VmWatch(Stream stream)
    {
        _lines = new(stream);
        _reading = Task.Run(ReadAsync);
    }

    public static async Task<VmWatch> StartAsync(HttpClient client) =>
        new(await client.GetStreamAsync(new Uri($"{BenchServer.Api}/virtualmachines?watch=1", UriKind.Relative)));

    /// <summary>Waits until a VM has a phase; <see cref="Gone"/>: until it is deleted.</summary>
    public Task UntilAsync(string name, string phase) => UntilAsync(() => _phases.GetValueOrDefault(name, Gone) == phase);

    /// <summary>Waits until so many VMs have a phase; for <see cref="Gone"/>, until none is left.</summary>
    public Task UntilAllAsync(int count, string phase) =>
        UntilAsync(() => phase == Gone ? _phases.Count == 0 : _phases.Values.Count(each => each == phase) == count);

    /// <summary>Waits for a phase that a VM leaves and comes back to.</summary>
    public async Task UntilAgainAsync(string name, string phase)
    {
        await UntilAsync(() => _phases.GetValueOrDefault(name, Gone) != phase);
        await UntilAsync(name, phase);
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _lines.Dispose();
        await _reading;
        _stop.Dispose();
    }

    private Task UntilAsync(Func<bool> so)
    {
        lock (_gate)
        {
            if (so())
            {
                return Task.CompletedTask;
            }

            var told = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            _waiting.Add((so, told));
            return told.Task.WaitAsync(_patience, TimeProvider.System);
        }
    }

    private async Task ReadAsync()
    {
        try
        {
            while (await _lines.ReadLineAsync(_stop.Token) is { } line)
            {
                Take(line);
            }
        }
        catch (Exception) when (_stop.IsCancellationRequested)
        {
            // The benchmark is over.
        }
    }

    private void Take(string line)
    {
        using var said = JsonDocument.Parse(line);
        var vm = said.RootElement.GetProperty("object");
        var name = vm.GetProperty("metadata").GetProperty("name").GetString()!;
        lock (_gate)
        {
            if (said.RootElement.GetProperty("type").ValueEquals("DELETED"))
            {
                _phases.Remove(name);
            }
            else
            {
                _phases[name] = vm.GetProperty("status").GetProperty("phase").GetString()!;
            }

            foreach (var (_, told) in _waiting.Where(one => one.So()).ToList())
            {
                told.TrySetResult();
            }

            _waiting.RemoveAll(one => one.Told.Task.IsCompleted);
        }
    }
}
