using System.ComponentModel;
using System.Diagnostics;
using System.Text;

namespace Orchestrator.Libvirt.Transports;

/// <summary>
/// A running ssh. It ends when this process does, however that happens: its remote command reads our end of the pipe.
/// What it wrote to its error output is the only source of a useful message, so the last of it is kept.
/// </summary>
internal sealed class SshProcess : IAsyncDisposable
{
    private const int KeptLines = 20;
    private const int LongestLine = 1024;
    private static readonly TimeSpan LastWords = TimeSpan.FromMilliseconds(500);

    private readonly Process _process;
    private readonly TimeProvider _time;
    private readonly Lock _gate = new();
    private readonly Queue<string> _lines = [];
    private TaskCompletionSource _nextLine = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _linesSeen;
    private readonly Task _reading;

    private SshProcess(Process process, TimeProvider time)
    {
        (_process, _time) = (process, time);
        Exited = process.WaitForExitAsync(CancellationToken.None);
        _reading = ReadErrorsAsync();
    }

    public Task Exited { get; }

    public Stream Input => _process.StandardInput.BaseStream;

    public Stream Output => _process.StandardOutput.BaseStream;

    /// <summary>How many lines of error output there have been, to tell old ones from new ones.</summary>
    public int LinesSeen
    {
        get
        {
            lock (_gate)
            {
                return _linesSeen;
            }
        }
    }

    /// <exception cref="LibvirtConnectionException">The program cannot be started.</exception>
    public static SshProcess Start(ProcessStartInfo start, TimeProvider time)
    {
        try
        {
            return new SshProcess(Process.Start(start)!, time);
        }
        catch (Win32Exception e)
        {
            throw new LibvirtConnectionException($"{start.FileName} cannot be started: {e.Message}", e);
        }
    }

    /// <summary>What it said after the given line; it gets a moment to say it.</summary>
    /// <param name="ending">ssh itself is ending, so wait for all it has to say; otherwise for one line.</param>
    public async ValueTask<string?> ExplainAsync(int afterLine, bool ending)
    {
        var said = ending || Exited.IsCompleted ? _reading : SomethingSaidAsync(afterLine);
        await said.WaitAsync(LastWords, _time).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        lock (_gate)
        {
            var lines = _lines.TakeLast(_linesSeen - afterLine).ToList();
            return lines.Count > 0 ? string.Join("; ", lines) : Exited.IsCompleted ? "ssh ended without a message" : null;
        }
    }

    public void Kill()
    {
        if (!Exited.IsCompleted)
        {
            _process.Kill();
        }
    }

    public async ValueTask DisposeAsync()
    {
        Kill();
        await Exited.ConfigureAwait(false);
        await _reading.WaitAsync(LastWords, _time).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _process.Dispose();
    }

    private Task SomethingSaidAsync(int afterLine)
    {
        lock (_gate)
        {
            return _linesSeen > afterLine ? Task.CompletedTask : Task.WhenAny(_nextLine.Task, _reading);
        }
    }

    private async Task ReadErrorsAsync()
    {
        var line = new StringBuilder();
        var buffer = new char[1024];
        while (await _process.StandardError.ReadAsync(buffer.AsMemory()).ConfigureAwait(false) is > 0 and var count)
        {
            foreach (var c in buffer.AsSpan(0, count))
            {
                if (c == '\n')
                {
                    Keep(line.ToString().Trim());
                    line.Clear();
                }
                else if (line.Length < LongestLine)
                {
                    line.Append(char.IsControl(c) ? ' ' : c);
                }
            }
        }

        Keep(line.ToString().Trim());
    }

    private void Keep(string line)
    {
        // no_verify makes ssh announce each new host; that explains nothing
        if (line.Length == 0 || line.StartsWith("Warning: Permanently added", StringComparison.Ordinal))
        {
            return;
        }

        lock (_gate)
        {
            _linesSeen++;
            _lines.Enqueue(line);
            if (_lines.Count > KeptLines)
            {
                _lines.Dequeue();
            }

            _nextLine.SetResult();
            _nextLine = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        }
    }
}
