using Microsoft.Extensions.Logging.Abstractions;
using Orchestrator.Drivers.Libvirt;
using Orchestrator.Model;
using Orchestrator.Planning;
using Orchestrator.Testing;
using Orchestrator.Testing.Simulation;

namespace Orchestrator.Live;

/// <summary>The contract that the simulated PM is held to, kept by a real one.</summary>
[Collection(nameof(ContractHost))]
public sealed class HostContractTests(ContractHost host) : HostContract
{
    protected override string Host => host.Machine.Name;

    protected override string Cluster => ContractHost.Cluster;

    protected override string Hypervisor => "qemu";

    protected override string StoragePath => ContractHost.Storage;

    protected override IStepTarget Target => new HostStepTarget(host.Sessions);

    protected override IHostObserver Observer => new HostObserver(host.Sessions, TimeProvider.System);

    protected override BaseImage NewImage() => new($"image-{Guid.NewGuid()}-contract", host.ImageFile, DiskFormat.Raw, ContractHost.ImageBytes, ContractHost.ImageBytes);

    protected override Task SuspendByHandAsync(DomainId domain) => host.Machine.VirshAsync("suspend", domain.Name);

    protected override Task UndefineByHandAsync(DomainId domain) => host.Machine.VirshAsync("undefine", domain.Name);

    protected override Task RemoveFileByHandAsync(string volume)
    {
        File.Delete(host.Machine.PathOf($"{StoragePath}/{volume}"));
        return Task.CompletedTask;
    }
}

/// <summary>One host with a session, a storage folder of its own, and an image of noise.</summary>
public sealed class ContractHost : IAsyncLifetime
{
    public const string Cluster = "contract";
    public const string Storage = "/var/lib/libvirt/contract";
    public const int ImageBytes = 1 << 20;
    private readonly Hosts _hosts = new();

    public TestbedHost Machine => _hosts.Bed.Hosts[0];

    public HostSessions Sessions { get; } = new(new(Cluster), TimeProvider.System, NullLoggerFactory.Instance);

    public string ImageFile { get; } = Path.GetTempFileName();

    public async Task InitializeAsync()
    {
        await _hosts.InitializeAsync();
        var noise = new byte[ImageBytes];
        new Random(1).NextBytes(noise);
        await File.WriteAllBytesAsync(ImageFile, noise);
        Sessions.Connect(Machine.Name, new() { Uri = Machine.SshUri, StoragePath = Storage });
        var observer = new HostObserver(Sessions, TimeProvider.System);
        await Eventually.SeesAsync("the host is connected", () => Task.FromResult(observer.State(Machine.Name)), state => state is HostState.Up);
    }

    public async Task DisposeAsync()
    {
        await Sessions.DisposeAsync();
        File.Delete(ImageFile);
        await Machine.ExecAsync(["sh", "-c", $"for pool in $(virsh pool-list --name); do virsh pool-dumpxml $pool | grep -q {Storage} && virsh pool-destroy $pool && virsh pool-undefine $pool; done; rm -rf {Storage}"]);
        await _hosts.DisposeAsync();
    }

    private sealed class Hosts() : TestbedFixture(hosts: 1);
}

[CollectionDefinition(nameof(ContractHost))]
public sealed class ContractHostCollection : ICollectionFixture<ContractHost>;
