using System.Diagnostics;
using Orchestrator.Model;
using Orchestrator.Testing;
using Xunit.Abstractions;

namespace Orchestrator.Live;

/// <summary>
/// A server that was given three files, and its PMs. When it ends it writes the server's log to the test's output, which the test
/// runner shows with a failed test.
/// </summary>
internal sealed class LiveCluster : IAsyncDisposable
{
    /// <summary>tid 1: what the micro guest needs.</summary>
    public const string Types = """{"types": [{"tid": 1, "cpu": 1, "ram": 96, "disk": 1}, {"tid": 2, "cpu": 1, "ram": 64, "disk": 1}]}""";

    private readonly ITestOutputHelper _output;

    private LiveCluster(LiveBed bed, ServerProcess server, ITestOutputHelper output)
    {
        (Hosts, Server, _output) = (bed.Hosts, server, output);
        Objects = new(server.Client);
        Seed = new(server.Client);
    }

    public IReadOnlyList<TestbedHost> Hosts { get; }

    public ServerProcess Server { get; }

    public ObjectClient Objects { get; }

    public SeedClient Seed { get; }

    /// <summary>Begins with empty hosts. Returns when every PM and image is ready.</summary>
    /// <param name="bed">The hosts; all are PMs.</param>
    /// <param name="output">Gets the server's log.</param>
    /// <param name="image">The only image; by default the micro guest, on this machine.</param>
    /// <param name="settings">Configuration, such as <c>Reconciler__SweepSeconds</c>.</param>
    public static async Task<LiveCluster> StartAsync(LiveBed bed, ITestOutputHelper output, string? image = null, params (string Name, string Value)[] settings)
    {
        await bed.CleanAsync();
        return await JoinAsync(bed, output, image, settings);
    }

    /// <summary>The same on hosts as they are.</summary>
    public static async Task<LiveCluster> JoinAsync(LiveBed bed, ITestOutputHelper output, string? image = null, params (string Name, string Value)[] settings)
    {
        var server = new ServerProcess(settings.ToDictionary(setting => $"ORCHESTRATOR_{setting.Name}", setting => setting.Value, StringComparer.Ordinal));
        var cluster = new LiveCluster(bed, server, output);
        try
        {
            var machines = string.Concat(bed.Hosts.Select(host => $"root@{host.Name}\n"));
            await server.ImportAsync(machines, image ?? await bed.ImageAsync(), Types);
            await OvercommitAsync(server);
            await server.StartAsync();
            await cluster.ReadyAsync();
            return cluster;
        }
        catch
        {
            await cluster.DisposeAsync();
            throw;
        }
    }

    public async Task ReadyAsync()
    {
        await Eventually.SeesAsync("all PMs are ready", () => Objects.ListAsync(ResourceTypes.PhysicalMachines),
            all => all.Count == Hosts.Count && all.All(machine => machine.Status.Phase is MachinePhase.Ready));
        await Eventually.SeesAsync("the image is ready", () => Objects.ListAsync(ResourceTypes.Images),
            all => all is [{ Status.Phase: ImagePhase.Ready }]);
    }

    /// <summary>The host that a VM is bound to.</summary>
    public TestbedHost HostOf(VirtualMachine vm) => Hosts.Single(host => host.Name == vm.Status.Host);

    /// <summary>A wish for a small VM; without an image its disk is empty, and its firmware waits for ever.</summary>
    public static VirtualMachine Wish(string name, TestbedHost? host = null, bool image = false, long memory = 64) => new()
    {
        Metadata = new() { Name = name },
        Spec = new()
        {
            Cpu = 1,
            Memory = Quantity.FromBytes(memory << 20),
            Disk = Quantity.FromGiB(1),
            Image = image ? "micro" : null,
            TerminationGracePeriodSeconds = 2,
            Placement = host is null ? null : new() { Host = host.Name },
        },
    };

    public Task<VirtualMachine> CreateAsync(VirtualMachine wish) => Objects.CreateAsync(ResourceTypes.VirtualMachines, wish);

    /// <summary>Creates a VM and waits until it runs.</summary>
    public async Task<VirtualMachine> RunAsync(VirtualMachine wish)
    {
        await CreateAsync(wish);
        return await RunsAsync(wish.Metadata.Name);
    }

    public Task<VirtualMachine> RunsAsync(string name) => SeesAsync(name, "runs", vm => vm.Status.Phase is VmPhase.Running);

    /// <summary>Waits until a VM's object is as wanted.</summary>
    public async Task<VirtualMachine> SeesAsync(string name, string what, Func<VirtualMachine, bool> wanted, TimeSpan? within = null) => (await Eventually.SeesAsync(
        $"{name} {what}", () => Objects.GetAsync(ResourceTypes.VirtualMachines, name), vm => vm is not null && wanted(vm), within))!;

    public Task PatchAsync(string name, string spec) => Objects.PatchAsync(ResourceTypes.VirtualMachines, name, $$"""{"spec": {{spec}}}""");

    public Task DeleteAsync(string name) => Objects.DeleteAsync(ResourceTypes.VirtualMachines, name);

    public Task IsGoneAsync(string name) => Eventually.SeesAsync($"{name} is gone", () => Objects.GetAsync(ResourceTypes.VirtualMachines, name), vm => vm is null);

    /// <summary>Which host has which domain, running or not.</summary>
    public async Task<string[]> DomainsAsync() =>
        [.. (await Task.WhenAll(Hosts.Select(async host => (await host.DomainsAsync()).Select(name => $"{host.Name}/{name}")))).SelectMany(names => names).Order(StringComparer.Ordinal)];

    /// <summary>Waits until no host has a domain or a VM's disk.</summary>
    public Task NothingIsLeftAsync() => Eventually.SeesAsync("no domain and no disk is left", async () =>
        string.Join(", ", [.. await DomainsAsync(), .. Hosts.SelectMany(host => host.StoredFiles("vm-"))]), left => left.Length == 0);

    /// <summary>How often Events told of something about an object.</summary>
    public async Task<int> TimesToldAsync(string name, string reason) =>
        (await Objects.ListAsync(ResourceTypes.Events)).Where(told => told.InvolvedObject.Name == name && told.Reason == reason).Sum(told => told.Count);

    public Task ToldAsync(string name, string reason, int times = 1) =>
        Eventually.SeesAsync($"Events about {name} say {reason}", () => TimesToldAsync(name, reason), told => told >= times);

    /// <summary>Writes a measured time to the test's output.</summary>
    public void Note(string what, long began) => _output.WriteLine($"measured: {what}: {Stopwatch.GetElapsedTime(began).TotalMilliseconds:0} ms");

    public async ValueTask DisposeAsync()
    {
        _output.WriteLine(Server.Log);
        await Server.DisposeAsync();
    }

    /// <summary>This machine has few processors, and guests that do nothing need none: what an operator would write into the specs.</summary>
    private static async Task OvercommitAsync(ServerProcess server)
    {
        var path = Path.Combine(server.Specs, "pms.yaml");
        var lines = await File.ReadAllLinesAsync(path);
        await File.WriteAllLinesAsync(path, lines.SelectMany(line => line.TrimStart().StartsWith("uri:", StringComparison.Ordinal)
            ? [line, $"{line[..^line.TrimStart().Length]}overcommit: {{cpu: 100, memory: 10}}"]
            : (string[])[line]));
    }
}
