namespace Orchestrator.Testing;

/// <summary>
/// Real hosts for live tests: namespaces with their own sshd and libvirtd, made by the scripts in tests/testbed. Needs root
/// and the packages of tests/testbed/install. The bed stays up when a test ends; tests/testbed/down removes it.
/// </summary>
public sealed class Testbed : IAsyncDisposable
{
    private readonly FileStream _lease;

    private Testbed(TestbedPaths paths, int hosts, FileStream lease)
    {
        Paths = paths;
        _lease = lease;
        Hosts = [.. Enumerable.Range(1, hosts).Select(number => new TestbedHost(this, number))];
    }

    public TestbedPaths Paths { get; }

    /// <summary>Host 1 comes first.</summary>
    public IReadOnlyList<TestbedHost> Hosts { get; }

    /// <summary>
    /// Brings up hosts 1 to <paramref name="hosts"/>, healing those that exist; takes about 0.2 s when all is well.
    /// Waits while another process has the bed exclusively, or, for an exclusive bed, while others use it at all.
    /// </summary>
    /// <param name="hosts">1 to 99.</param>
    /// <param name="exclusive">For tests that break hosts.</param>
    /// <param name="stop">Gives up.</param>
    /// <exception cref="InvalidOperationException">The scripts failed; the message has what they printed.</exception>
    /// <exception cref="TimeoutException">Other tests kept the bed.</exception>
    public static async Task<Testbed> UpAsync(int hosts, bool exclusive = false, CancellationToken stop = default)
    {
        var paths = TestbedPaths.FromEnvironment();
        var lease = await TestbedLease.AcquireAsync(paths.Name, exclusive, stop).ConfigureAwait(false);
        var bed = new Testbed(paths, hosts, lease);
        try
        {
            (await bed.RunAsync("up", [$"{hosts}"], stop).ConfigureAwait(false)).OutputOrThrow();
            return bed;
        }
        catch
        {
            await bed.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>Builds the micro guest if it is missing or its sources have changed (about 10 s), and returns the path of its qcow2 disk.</summary>
    public async Task<string> BuildImageAsync(CancellationToken stop = default)
    {
        (await RunAsync("image/build", [], stop).ConfigureAwait(false)).OutputOrThrow();
        return Paths.Image;
    }

    /// <summary>Ends the lease; hosts stay as they are.</summary>
    public ValueTask DisposeAsync() => _lease.DisposeAsync();

    internal Task<CommandResult> RunAsync(string script, IEnumerable<string> arguments, CancellationToken stop) =>
        TestbedCommand.RunAsync(Path.Combine(Paths.Scripts, script), arguments, stop);
}
