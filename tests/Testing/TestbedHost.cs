namespace Orchestrator.Testing;

/// <summary>
/// One host of the <see cref="Testbed"/>. Faults and their repair return when they have taken effect; a test that breaks a
/// host repairs it, or leaves that to the next <see cref="Testbed.UpAsync"/>, which heals every host.
/// </summary>
public sealed class TestbedHost(Testbed bed, int number)
{
    /// <summary>1, 2, …</summary>
    public int Number { get; } = number;

    /// <summary>Resolvable on this machine and on every host.</summary>
    public string Name { get; } = $"{bed.Paths.Name}{number}";

    public string Address { get; } = $"{bed.Paths.Network}.{10 + number}";

    /// <summary>Works for libvirt's own clients and ours: the key and known_hosts are in this machine's SSH configuration.</summary>
    public string SshUri => $"qemu+ssh://root@{Name}/system";

    public string TlsUri => $"qemu+tls://{Name}/system?pkipath={bed.Paths.ClientCertificates}";

    /// <summary>Where this machine sees a path of the host's private folders (/etc/libvirt, /var/lib/libvirt, /var/log/libvirt, /srv).</summary>
    public string PathOf(string pathOnHost) => Path.Combine(bed.Paths.State, "hosts", Name, pathOnHost.TrimStart('/'));

    /// <summary>Runs a command on the host, not over SSH; it works while the cable is cut, and fails while the host is off or frozen.</summary>
    public Task<CommandResult> ExecAsync(IEnumerable<string> command, CancellationToken stop = default) =>
        bed.RunAsync("exec", [$"{Number}", .. command], stop);

    /// <summary>Power cut: every process of the host dies at once; disks keep what they have.</summary>
    public Task PowerOffAsync(CancellationToken stop = default) => FaultAsync("power-off", stop);

    /// <summary>Boots the host and waits until libvirtd answers.</summary>
    public Task PowerOnAsync(CancellationToken stop = default) => FaultAsync("power-on", stop);

    /// <summary>Hangs every process of the host; its kernel still acknowledges packets.</summary>
    public Task FreezeAsync(CancellationToken stop = default) => FaultAsync("freeze", stop);

    public Task ThawAsync(CancellationToken stop = default) => FaultAsync("thaw", stop);

    /// <summary>Pulls the network cable.</summary>
    public Task CutAsync(CancellationToken stop = default) => FaultAsync("cut", stop);

    public Task JoinAsync(CancellationToken stop = default) => FaultAsync("join", stop);

    /// <summary>kill -9 of libvirtd alone; guests run on.</summary>
    public Task KillLibvirtdAsync(CancellationToken stop = default) => FaultAsync("libvirtd-kill", stop);

    public Task StartLibvirtdAsync(CancellationToken stop = default) => FaultAsync("libvirtd-start", stop);

    /// <summary>An orderly restart of libvirtd, as in a package upgrade.</summary>
    public Task RestartLibvirtdAsync(CancellationToken stop = default) => FaultAsync("libvirtd-restart", stop);

    private async Task FaultAsync(string verb, CancellationToken stop) =>
        (await bed.RunAsync("fault", [verb, $"{Number}"], stop).ConfigureAwait(false)).OutputOrThrow();
}
