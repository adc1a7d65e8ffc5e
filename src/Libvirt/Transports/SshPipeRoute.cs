namespace Orchestrator.Libvirt.Transports;

/// <summary>
/// <c>virt-ssh-helper</c> at the other end of an ssh, RPC on its standard input and output: for hosts that refuse to forward sockets, and where
/// only the remote side knows the socket's place. Each connection is an ssh of its own (about 0.3 s).
/// </summary>
internal sealed class SshPipeRoute(LibvirtUri uri, LibvirtOptions options, TimeProvider time) : Route
{
    private readonly SshCommand _command = new(uri, options);

    public override string Description => $"{_command.Destination} (virt-ssh-helper over ssh)";

    public override Task<Transport> ConnectAsync(CancellationToken stop)
    {
        string[] words = options.ReadOnly ? ["virt-ssh-helper", "-r"] : ["virt-ssh-helper"];
        var ssh = SshProcess.Start(_command.Start([], [.. words, SshCommand.Quote(HelperUri())]), time);
        return Task.FromResult<Transport>(new PipeTransport(ssh));
    }

    /// <summary>The helper picks the socket by the URI, and takes the same <c>socket</c> and <c>mode</c> parameters.</summary>
    private string HelperUri()
    {
        var parameters = new List<string>();
        if (uri.Socket is { } socket)
        {
            parameters.Add($"socket={Uri.EscapeDataString(socket)}");
        }

        if (uri.Mode is { } mode)
        {
            parameters.Add($"mode={mode}");
        }

        return parameters.Count == 0 ? uri.RemoteUri : $"{uri.RemoteUri}{(uri.RemoteUri.Contains('?', StringComparison.Ordinal) ? '&' : '?')}{string.Join('&', parameters)}";
    }

    private sealed class PipeTransport(SshProcess ssh) : Transport
    {
        public override Stream Stream { get; } = new DuplexStream(ssh.Output, ssh.Input);

        public override ValueTask<string?> ExplainAsync() => ssh.ExplainAsync(afterLine: 0);

        public override void Abort(bool peerIsDead) => ssh.Kill();

        public override async ValueTask DisposeAsync()
        {
            await ssh.DisposeAsync().ConfigureAwait(false);
            await base.DisposeAsync().ConfigureAwait(false);
        }
    }
}
