namespace Orchestrator.Libvirt.Transports;

/// <summary>
/// <c>virt-ssh-helper</c> at the other end of an ssh, RPC on its standard input and output: for hosts that refuse to forward sockets, and where
/// only the remote side knows the socket's place. To a socket given by the user it is <c>nc -U</c>, as with libvirt's own client.
/// Each connection is an ssh of its own (about 0.3 s).
/// </summary>
internal sealed class SshPipeRoute(LibvirtUri uri, LibvirtOptions options, TimeProvider time) : Route
{
    private readonly SshCommand _command = new(uri, options);

    public override string Description => $"{_command.Destination} ({RemoteCommand()[0]} over ssh)";

    public override Task<Transport> ConnectAsync(CancellationToken stop) =>
        Task.FromResult<Transport>(new PipeTransport(SshProcess.Start(_command.Start([], RemoteCommand()), time)));

    private string[] RemoteCommand() => uri.Socket is { } socket
        ? ["nc", "-U", SshCommand.Quote(socket)]
        : ["virt-ssh-helper", .. options.ReadOnly ? ["-r"] : Array.Empty<string>(), SshCommand.Quote(HelperUri())];

    /// <summary>The helper picks the socket by the URI; it takes the same <c>mode</c> parameter.</summary>
    private string HelperUri() => uri.Mode is { } mode
        ? $"{uri.RemoteUri}{(uri.RemoteUri.Contains('?', StringComparison.Ordinal) ? '&' : '?')}mode={mode}"
        : uri.RemoteUri;

    private sealed class PipeTransport(SshProcess ssh) : Transport
    {
        public override Stream Stream { get; } = new DuplexStream(ssh.Output, ssh.Input);

        public override ValueTask<string?> ExplainAsync() => ssh.ExplainAsync(afterLine: 0, ending: true);

        public override void Abort(bool peerIsDead) => ssh.Kill();

        public override async ValueTask DisposeAsync()
        {
            await ssh.DisposeAsync().ConfigureAwait(false);
            await base.DisposeAsync().ConfigureAwait(false);
        }
    }
}
