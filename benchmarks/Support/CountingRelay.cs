using System.Buffers.Binary;
using System.Diagnostics;
using System.Net.Sockets;

namespace Orchestrator.Benchmarks.Support;

/// <summary>
/// Stands between the server and a host's libvirtd and counts RPC calls on the wire. ssh forwards the daemon's socket; connections are made
/// with a <c>+unix</c> URI to the relay's own socket. Frames: length, program, version, procedure, type, serial, status (virnetprotocol.x).
/// </summary>
internal sealed class CountingRelay : IAsyncDisposable
{
    private const uint RemoteProgram = 0x20008086;
    private const int HeaderLength = 28;
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("relay-");
    private readonly Socket _listener = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
    private readonly CancellationTokenSource _stop = new();
    private readonly Lock _gate = new();
    private readonly List<(double At, uint Procedure, uint Serial, bool Reply)> _frames = [];
    private readonly long _began = Stopwatch.GetTimestamp();
    private Process? _ssh;

    public static async Task<CountingRelay> StartAsync(string host)
    {
        var relay = new CountingRelay();
        var start = new ProcessStartInfo("ssh") { RedirectStandardInput = true };
        Array.ForEach(["-o", "BatchMode=yes", "-L", $"{relay.Far}:/run/libvirt/libvirt-sock", $"root@{host}", "cat"], start.ArgumentList.Add);
        relay._ssh = Process.Start(start);
        while (!File.Exists(relay.Far))
        {
            await Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System);
        }

        relay._listener.Bind(new UnixDomainSocketEndPoint(relay.Near));
        relay._listener.Listen();
        _ = Task.Run(relay.AcceptAsync);
        return relay;
    }

    public string Uri(string driver, string path) => $"{driver}+unix:///{path}?socket={Near}";

    /// <summary>Calls so far.</summary>
    public int Calls
    {
        get
        {
            lock (_gate)
            {
                return _frames.Count(frame => !frame.Reply);
            }
        }
    }

    /// <summary>What has passed since the last time: milliseconds since the relay's start, procedure number, serial, and whether it is the reply.</summary>
    public IReadOnlyList<(double At, uint Procedure, uint Serial, bool Reply)> Take()
    {
        lock (_gate)
        {
            (double, uint, uint, bool)[] taken = [.. _frames];
            _frames.Clear();
            return taken;
        }
    }

    public double Now => Stopwatch.GetElapsedTime(_began).TotalMilliseconds;

    /// <summary>Waits until nothing has been called for a while.</summary>
    public async Task QuietAsync(TimeSpan length)
    {
        for (var last = -1; last != Calls;)
        {
            last = Calls;
            await Task.Delay(length, TimeProvider.System);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _listener.Dispose();
        _ssh!.StandardInput.Close();
        await _ssh.WaitForExitAsync();
        _ssh.Dispose();
        _folder.Delete(recursive: true);
    }

    private string Far => Path.Combine(_folder.FullName, "far");

    private string Near => Path.Combine(_folder.FullName, "near");

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                var near = await _listener.AcceptAsync(_stop.Token);
                var far = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
                await far.ConnectAsync(new UnixDomainSocketEndPoint(Far), _stop.Token);
                _ = PassAsync(near, far);
                _ = PassAsync(far, near);
            }
        }
        catch (Exception) when (_stop.IsCancellationRequested)
        {
            // The benchmark is over.
        }
    }

    private async Task PassAsync(Socket from, Socket to)
    {
        try
        {
            var header = new byte[HeaderLength];
            var buffer = new byte[64 * 1024];
            using var input = new NetworkStream(from, ownsSocket: true);
            using var output = new NetworkStream(to, ownsSocket: true);
            while (true)
            {
                await input.ReadExactlyAsync(header, _stop.Token);
                Note(header);
                await output.WriteAsync(header, _stop.Token);
                for (var left = (int)BinaryPrimitives.ReadUInt32BigEndian(header) - HeaderLength; left > 0;)
                {
                    var count = await input.ReadAsync(buffer.AsMemory(0, Math.Min(left, buffer.Length)), _stop.Token);
                    await output.WriteAsync(buffer.AsMemory(0, count), _stop.Token);
                    left -= count;
                }
            }
        }
        catch (Exception ended) when (ended is IOException or OperationCanceledException or ObjectDisposedException)
        {
            // One side closed: the other follows.
        }
    }

    private void Note(byte[] header)
    {
        uint Word(int index) => BinaryPrimitives.ReadUInt32BigEndian(header.AsSpan(index * 4));
        if (Word(1) == RemoteProgram && Word(4) is 0 or 1)
        {
            lock (_gate)
            {
                _frames.Add((Now, Word(3), Word(5), Word(4) == 1));
            }
        }
    }
}
