using System.Text;

namespace Orchestrator.Cli.Tests;

/// <summary>A writer whose lines can be waited for while somebody writes.</summary>
public sealed class Lines : StringWriter
{
    private static readonly TimeSpan _patience = TimeSpan.FromSeconds(30);
    private readonly Lock _gate = new();
    private readonly List<(string Part, TaskCompletionSource Seen)> _awaited = [];

    public override Encoding Encoding => Encoding.UTF8;

    public override void WriteLine(string? value)
    {
        lock (_gate)
        {
            base.WriteLine(value);
            _awaited.FindAll(one => value!.Contains(one.Part, StringComparison.Ordinal)).ForEach(one => one.Seen.TrySetResult());
        }
    }

    /// <summary>Completes when a line with this part has been written.</summary>
    public Task SeenAsync(string part)
    {
        lock (_gate)
        {
            if (ToString().Contains(part, StringComparison.Ordinal))
            {
                return Task.CompletedTask;
            }

            var seen = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            _awaited.Add((part, seen));
            return seen.Task.WaitAsync(_patience);
        }
    }
}
