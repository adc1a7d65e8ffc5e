using Orchestrator.Model;
using Orchestrator.Planning;
using Orchestrator.Testing.Simulation;

namespace Orchestrator.Drivers.Tests;

/// <summary>The simulated PM keeps the contract.</summary>
public sealed class SimulatedHostContract : HostContract
{
    private readonly SimulatedFleet _fleet = new("cluster-1");
    private int _images;

    public SimulatedHostContract()
    {
        _fleet.Add(Host, prepared: false).HearsNothing = true;
        _fleet.Connect(Host, new() { Uri = "test:///default" });
    }

    protected override string Host => "pm1";

    protected override string Cluster => "cluster-1";

    protected override string Hypervisor => "qemu";

    protected override string StoragePath => "/var/lib/libvirt/orchestrator";

    protected override IStepTarget Target => _fleet;

    protected override IHostObserver Observer => _fleet;

    protected override BaseImage NewImage() => new($"image-{++_images}", "/images/a.qcow2", DiskFormat.Qcow2, 1 << 20, 1 << 30);

    protected override Task SuspendByHandAsync(DomainId domain) =>
        ByHand(domain.Uid, host => host.Change(domain.Uid, old => old with { State = DomainState.Paused }));

    protected override Task UndefineByHandAsync(DomainId domain) => ByHand(domain.Uid, host => host.Undefine(domain.Uid));

    protected override Task RemoveFileByHandAsync(string volume) => ByHand(Guid.Empty, host => host.Volumes.Remove(volume));

    private Task ByHand(Guid domain, Action<SimulatedHost> change)
    {
        _fleet.Disturb(Host, domain, change);
        return Task.CompletedTask;
    }
}
