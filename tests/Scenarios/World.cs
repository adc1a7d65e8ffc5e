using System.Buffers.Binary;
using Microsoft.Extensions.Logging.Abstractions;
using Orchestrator.Model;
using Orchestrator.Planning;
using Orchestrator.Reconciler;
using Orchestrator.RestGateway.Objects;
using Orchestrator.Storage;
using Orchestrator.Storage.Sqlite;
using Orchestrator.Testing;
using Orchestrator.Testing.Simulation;

namespace Orchestrator.Scenarios;

/// <summary>
/// A data centre for stories: simulated PMs, a user with the real API, a real store, and the real background loop on a clock that
/// moves when all else is done.
/// </summary>
public sealed partial class World : IAsyncDisposable
{
    private static readonly TimeSpan _patience = TimeSpan.FromSeconds(60);
    private readonly string _folder;
    private readonly SqliteObjectStore _store;
    private readonly PlacementPolicies _policies;

    private World(string folder, SqliteObjectStore store, string policy)
    {
        (_folder, _store) = (folder, store);
        _policies = PlacementPolicies.From(new() { Policy = policy }).Policies!;
        Fleet = new(store.ClusterId) { Watch = Judge };
        User = new(store, Time, Guid.NewGuid, NullLogger<ObjectService>.Instance);
        Server = NewServer();
    }

    public ManualTime Time { get; } = new();

    public SimulatedFleet Fleet { get; }

    public ObjectService User { get; }

    public ServerProcess Server { get; private set; }

    public long Revision => _store.Revision;

    public string Cluster => _store.ClusterId;

    /// <summary>A running server and so many PMs (pm1, pm2, …) that are ready.</summary>
    public static async Task<World> WithAsync(int machines = 1, Resources? capacity = null, string policy = "spread", bool prepared = true)
    {
        var folder = Directory.CreateTempSubdirectory("scenario-").FullName;
        var store = await SqliteObjectStore.OpenAsync(new() { Path = Path.Combine(folder, "store.db") }, TimeProvider.System, default);
        var world = new World(folder, store, policy);
        await world.WriteAsync(new InstanceType
        {
            Metadata = new() { Name = "small" },
            Spec = new() { Cpu = 2, Memory = Quantity.FromMiB(256), Disk = Quantity.FromGiB(2) },
        });
        for (var number = 1; number <= machines; number++)
        {
            world.Fleet.Add($"pm{number}", capacity, prepared);
            await world.DeclareMachineAsync($"pm{number}");
        }

        await world.Server.StartAsync();
        await world.EventuallyAsync("PMs are looked at", () => world.Machines().All(machine => machine.Status.Phase is not MachinePhase.Pending));
        return world;
    }

    public Task DeclareMachineAsync(string name) => WriteAsync(new PhysicalMachine { Metadata = new() { Name = name }, Spec = new() { Uri = $"qemu+ssh://root@{name}/system" } });

    /// <summary>An image whose file says that it is a qcow2 disk of 1 GiB.</summary>
    public Task DeclareImageAsync(string name)
    {
        var header = new byte[512];
        BinaryPrimitives.WriteUInt32BigEndian(header, 0x514649fb);
        BinaryPrimitives.WriteUInt32BigEndian(header.AsSpan(4), 3);
        BinaryPrimitives.WriteUInt64BigEndian(header.AsSpan(24), 1UL << 30);
        var file = Path.Combine(_folder, name + ".qcow2");
        File.WriteAllBytes(file, header);
        return WriteAsync(new Image { Metadata = new() { Name = name }, Spec = new() { Source = file } });
    }

    public Task DeclareAsync(string vm, Func<VirtualMachineSpec, VirtualMachineSpec>? change = null)
    {
        var spec = new VirtualMachineSpec { InstanceType = "small" };
        return WriteAsync(new VirtualMachine { Metadata = new() { Name = vm, Namespace = "default" }, Spec = change is null ? spec : change(spec) });
    }

    public async Task ChangeAsync(string vm, Func<VirtualMachineSpec, VirtualMachineSpec> change)
    {
        var outcome = await User.UpdateAsync(ResourceTypes.VirtualMachines, "default", vm, stored => Change.To((VirtualMachine)stored with { Spec = change(((VirtualMachine)stored).Spec) }), default);
        Assert.True(outcome.Succeeded, outcome.Message);
    }

    public async Task DeleteAsync(string vm)
    {
        if (Vm(vm) is { } stored)
        {
            _deletedByUser.TryAdd(stored.Metadata.Uid!.Value, true);
            await User.DeleteAsync(ResourceTypes.VirtualMachines, "default", vm, new DeleteWish(), default);
        }
    }

    /// <summary>The record is gone though nobody deleted it: another database was put in place.</summary>
    public async Task LoseRecordAsync(VirtualMachine vm) =>
        Assert.IsType<CommitResult.Committed>(await _store.DeleteAsync(ResourceTypes.VirtualMachines.Key(vm.Metadata), Records.RevisionOf(vm), default));

    public async Task WriteAsync(Resource resource)
    {
        var outcome = await User.ApplyAsync(resource with { ApiVersion = "orchestrator.vm/v1", Kind = resource.GetType().Name }, [], default);
        Assert.True(outcome.Succeeded, outcome.Message);
    }

    public VirtualMachine? Vm(string name) => (VirtualMachine?)User.GetAsync(ResourceTypes.VirtualMachines, "default", name, default).AsTask().Result;

    public PhysicalMachine Machine(string name) => (PhysicalMachine)User.GetAsync(ResourceTypes.PhysicalMachines, null, name, default).AsTask().Result!;

    public IReadOnlyList<VirtualMachine> Vms() => [.. All(ResourceTypes.VirtualMachines).Cast<VirtualMachine>()];

    public IReadOnlyList<PhysicalMachine> Machines() => [.. All(ResourceTypes.PhysicalMachines).Cast<PhysicalMachine>()];

    public IReadOnlyList<Event> Events() => [.. All(ResourceTypes.Events).Cast<Event>()];

    /// <summary>The reason of a VM's condition; null when it has no such condition.</summary>
    public string? Reason(string vm, string condition = MachineReport.Ready) => Vm(vm)?.Status.Condition(condition)?.Reason;

    public VmPhase? Phase(string vm) => Vm(vm)?.Status.Phase;

    /// <summary>A VM's domain, wherever it is.</summary>
    public SimulatedDomain? Domain(string vm)
    {
        var uid = Vm(vm)?.Metadata.Uid ?? Guid.Empty;
        lock (Fleet.Gate)
        {
            return Fleet.Hosts.Values.Select(host => host.Domains.GetValueOrDefault(uid)).FirstOrDefault(domain => domain is not null);
        }
    }

    public int Steps(string about = "")
    {
        lock (Fleet.Gate)
        {
            return Fleet.Log.Count(line => line.Contains(about, StringComparison.Ordinal));
        }
    }

    /// <summary>Somebody does something to a VM's domain on its PM, behind our back.</summary>
    public void ByHand(string vm, Action<SimulatedHost, Guid> change)
    {
        var found = Vm(vm)!;
        Fleet.Disturb(found.Status.Host!, found.Metadata.Uid!.Value, host => change(host, found.Metadata.Uid!.Value));
    }

    /// <summary>What the schedules do, all at once.</summary>
    public async Task SweepAsync(bool deep = true)
    {
        await Server.Operator.SweepAllAsync(deep, default);
        await Server.Operator.LookAtAllAsync(default);
    }

    /// <summary>The server dies and comes back: another process, the same store and fleet.</summary>
    public async Task RestartAsync()
    {
        await Server.DisposeAsync();
        Server = NewServer();
        await Server.StartAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await Server.DisposeAsync();
        await _store.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    private IEnumerable<Resource> All(ResourceType type) =>
        _store.ListAsync(type.Prefix, 0, null, default).AsTask().Result.Items.Select(entry => type.Decode(entry.Value.Span, entry.Revision));

    private ServerProcess NewServer() => new(_store, Fleet, Time, _policies, Path.Combine(_folder, "images"));
}
