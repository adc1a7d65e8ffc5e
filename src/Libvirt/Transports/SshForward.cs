using System.Net.Sockets;

namespace Orchestrator.Libvirt.Transports;

/// <summary>
/// One ssh per host that forwards the daemon's sockets into a private directory (0700). Each connection is then a plain unix socket.
/// It runs <c>cat</c> over there instead of nothing (<c>-N</c>), so that it ends with our end of the pipe even if we are killed.
/// </summary>
internal sealed class SshForward : IAsyncDisposable
{
    private static readonly TimeSpan FirstRetry = TimeSpan.FromMilliseconds(5);
    private static readonly TimeSpan LastRetry = TimeSpan.FromMilliseconds(50);

    private readonly SshProcess _ssh;
    private readonly DirectoryInfo _directory;
    private readonly TimeProvider _time;

    public SshForward(LibvirtUri uri, IEnumerable<string> remoteSockets, LibvirtOptions options, TimeProvider time)
    {
        _time = time;
        _directory = Directory.CreateTempSubdirectory("libvirt-");
        var command = new SshCommand(uri, options);
        var forwards = remoteSockets.Select((remote, i) => KeyValuePair.Create(Path.Combine(_directory.FullName, $"{i}.sock"), remote)).ToList();
        try
        {
            _ssh = SshProcess.Start(command.Start(forwards, "cat"), time);
        }
        catch
        {
            _directory.Delete(recursive: true);
            throw;
        }

        Routes = [.. forwards.Select(forward => new ForwardRoute(this, forward.Key, $"{command.Destination} (ssh forward of {forward.Value})"))];
    }

    public IReadOnlyList<Route> Routes { get; }

    /// <summary>ssh is gone, so that none of its sockets will ever answer.</summary>
    public bool IsDead => _ssh.Exited.IsCompleted;

    public async ValueTask DisposeAsync()
    {
        await _ssh.DisposeAsync().ConfigureAwait(false);
        _directory.Delete(recursive: true);
    }

    /// <summary>The local socket appears when ssh has logged in.</summary>
    private async Task<Socket> DialAsync(string path, CancellationToken stop)
    {
        for (var wait = FirstRetry; ; wait = wait * 2 < LastRetry ? wait * 2 : LastRetry)
        {
            try
            {
                return await UnixRoute.DialAsync(path, stop).ConfigureAwait(false);
            }
            catch (SocketException e) when (IsDead)
            {
                throw new LibvirtConnectionException(await _ssh.ExplainAsync(afterLine: 0, ending: true).ConfigureAwait(false) ?? e.Message, e);
            }
            catch (SocketException)
            {
                await Task.Delay(wait, _time, stop).ConfigureAwait(false);
            }
        }
    }

    private sealed class ForwardRoute(SshForward forward, string localSocket, string description) : Route
    {
        public override string Description => description;

        public override async Task<Transport> ConnectAsync(CancellationToken stop)
        {
            var linesBefore = forward._ssh.LinesSeen;
            return new ForwardTransport(await forward.DialAsync(localSocket, stop).ConfigureAwait(false), forward._ssh, linesBefore);
        }
    }

    private sealed class ForwardTransport(Socket socket, SshProcess ssh, int linesBefore) : Transport
    {
        public override Stream Stream { get; } = new NetworkStream(socket, ownsSocket: true);

        public override ValueTask<string?> ExplainAsync() => ssh.ExplainAsync(linesBefore, ending: false);

        public override void Abort(bool peerIsDead)
        {
            base.Abort(peerIsDead);
            if (peerIsDead)
            {
                ssh.Kill();
            }
        }
    }
}
