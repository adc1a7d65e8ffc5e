using Microsoft.Extensions.Logging.Abstractions;
using Orchestrator.Model;
using Orchestrator.RestGateway.Objects;
using Orchestrator.Storage.Sqlite;
using Orchestrator.Testing;

namespace Orchestrator.Reconciler.Tests;

/// <summary>A real store in a folder of its own, with the user's door and the reconciler's.</summary>
public sealed class Workshop : IAsyncDisposable
{
    private readonly SqliteObjectStore _store;

    private Workshop(string folder, SqliteObjectStore store)
    {
        (Folder, _store, Records) = (folder, store, new(store));
        User = new(store, Time, Guid.NewGuid, NullLogger<ObjectService>.Instance);
        Events = new(Records, Time, NullLogger<EventRecorder>.Instance);
    }

    public string Folder { get; }

    public ManualTime Time { get; } = new();

    public Records Records { get; }

    public ObjectService User { get; }

    public EventRecorder Events { get; }

    public long Revision => _store.Revision;

    public static async Task<Workshop> OpenAsync()
    {
        var folder = Directory.CreateTempSubdirectory("reconciler-").FullName;
        return new(folder, await SqliteObjectStore.OpenAsync(new() { Path = Path.Combine(folder, "store.db") }, TimeProvider.System, default));
    }

    public async Task<T> WriteAsync<T>(T resource)
        where T : Resource
    {
        var outcome = await User.ApplyAsync(resource with { ApiVersion = "orchestrator.vm/v1", Kind = typeof(T).Name }, [], default);
        Assert.True(outcome.Succeeded, outcome.Message);
        return (T)outcome.Object!;
    }

    public Task<VirtualMachine> WriteVmAsync(string name, Func<VirtualMachineSpec, VirtualMachineSpec>? change = null)
    {
        var spec = new VirtualMachineSpec { Cpu = 2, Memory = Quantity.FromMiB(256), Disk = Quantity.FromGiB(2) };
        return WriteAsync(new VirtualMachine { Metadata = new() { Name = name, Namespace = "default" }, Spec = change is null ? spec : change(spec) });
    }

    /// <summary>A PM that was looked at and is ready.</summary>
    public async Task WriteMachineAsync(string name, Resources capacity)
    {
        var written = await WriteAsync(new PhysicalMachine { Metadata = new() { Name = name }, Spec = new() { Uri = $"qemu+ssh://{name}/system" } });
        await Records.ChangeAsync(Records.PhysicalMachines, name, written.Metadata.Uid, machine => machine with
        {
            Status = machine.Status with { Phase = MachinePhase.Ready, Capacity = capacity, Hypervisors = ["qemu"] },
        }, default);
    }

    public async Task<VirtualMachine> VmAsync(string name) => (await Records.VirtualMachines.GetAsync($"default/{name}", default))!;

    public async Task<IReadOnlyList<Event>> EventsAsync() => (await Records.Events.ListAsync("", default)).Items;

    public static async Task UntilAsync(string what, Func<Task<bool>> isSo)
    {
        var began = TimeProvider.System.GetTimestamp();
        while (!await isSo())
        {
            Assert.True(TimeProvider.System.GetElapsedTime(began) < TimeSpan.FromSeconds(30), $"waited in vain: {what}");
            await Task.Delay(TimeSpan.FromMilliseconds(2), TimeProvider.System);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await Events.StopAsync(default);
        Events.Dispose();
        await _store.DisposeAsync();
        Directory.Delete(Folder, recursive: true);
    }
}
