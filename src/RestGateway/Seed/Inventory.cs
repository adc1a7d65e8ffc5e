using Orchestrator.Model;
using Orchestrator.Planning;
using Orchestrator.RestGateway.Objects;
using Orchestrator.Storage;

namespace Orchestrator.RestGateway.Seed;

/// <summary>The objects behind the seed API's numbers. Reads only.</summary>
internal sealed class Inventory(IObjectStore store, ObjectService objects)
{
    private readonly Collection<VirtualMachine> _vms = Of(store, ResourceTypes.VirtualMachines);
    private readonly Collection<PhysicalMachine> _machines = Of(store, ResourceTypes.PhysicalMachines);
    private readonly Collection<InstanceType> _types = Of(store, ResourceTypes.InstanceTypes);
    private readonly Collection<Image> _images = Of(store, ResourceTypes.Images);

    public Task<IReadOnlyList<InstanceType>> TypesAsync(CancellationToken stop) => ByNumberAsync(_types, stop);

    public Task<IReadOnlyList<PhysicalMachine>> MachinesAsync(CancellationToken stop) => ByNumberAsync(_machines, stop);

    public Task<IReadOnlyList<Image>> ImagesAsync(CancellationToken stop) => ByNumberAsync(_images, stop);

    /// <summary>The object that has this number, or null.</summary>
    public async Task<T?> FindAsync<T>(ResourceType<T> type, int? id, CancellationToken stop)
        where T : Resource =>
        id is { } number ? (T?)await objects.GetByNumberAsync(type, number, stop) : null;

    /// <summary>By tid, else by name.</summary>
    public async Task<InstanceType?> FindTypeAsync(string tidOrName, CancellationToken stop) =>
        await FindAsync(ResourceTypes.InstanceTypes, SeedArguments.ParseId(tidOrName), stop) ?? await TypeNamedAsync(tidOrName, stop);

    public async Task<InstanceType?> TypeNamedAsync(string? name, CancellationToken stop) => name is null ? null : await _types.GetAsync(name, stop);

    public async Task<PhysicalMachine?> MachineNamedAsync(string? name, CancellationToken stop) => name is null ? null : await _machines.GetAsync(name, stop);

    /// <summary>All PMs with the VMs bound to them.</summary>
    public async Task<Fleet> FleetAsync(CancellationToken stop)
    {
        var machines = await _machines.ListAsync("", stop);
        var vms = await _vms.ListAsync("", stop);
        return Fleet.Of(machines.Items, vms.Items);
    }

    /// <summary>
    /// Follows a VM until <paramref name="settled"/> knows what became of it, being told null when it is gone. Null if the time is up first.
    /// </summary>
    public async Task<bool?> FollowAsync(VirtualMachine vm, Func<VirtualMachine?, bool?> settled, CancellationToken timeUp, CancellationToken stop)
    {
        using var either = CancellationTokenSource.CreateLinkedTokenSource(timeUp, stop);
        try
        {
            while (true)
            {
                if (await FollowOnceAsync(vm, settled, either.Token) is { } outcome)
                {
                    return outcome;
                }
            }
        }
        catch (OperationCanceledException) when (timeUp.IsCancellationRequested && !stop.IsCancellationRequested)
        {
            return null;
        }
    }

    private async Task<bool?> FollowOnceAsync(VirtualMachine vm, Func<VirtualMachine?, bool?> settled, CancellationToken stop)
    {
        var key = vm.Metadata.FullName;
        var from = store.Revision;
        var now = await _vms.GetAsync(key, stop);
        if (settled(now?.Metadata.Uid == vm.Metadata.Uid ? now : null) is { } already)
        {
            return already;
        }

        try
        {
            await foreach (var change in _vms.WatchAsync(key, from, stop))
            {
                var gone = change.Type == StoreEventType.Deleted || change.Value.Metadata.Uid != vm.Metadata.Uid;
                if (change.Key == key && settled(gone ? null : change.Value) is { } outcome)
                {
                    return outcome;
                }
            }
        }
        catch (StorageException failure) when (failure is WatcherTooSlowException or RevisionCompactedException)
        {
            // Look again from the start.
        }

        return null;
    }

    private static async Task<IReadOnlyList<T>> ByNumberAsync<T>(Collection<T> all, CancellationToken stop)
        where T : Resource
    {
        var page = await all.ListAsync("", stop);
        return [.. page.Items.OrderBy(item => item.BaseStatus!.Id)];
    }

    private static Collection<T> Of<T>(IObjectStore store, ResourceType<T> type)
        where T : Resource =>
        new(store, type.Prefix, entry => (T)type.Decode(entry.Value.Span, entry.Revision), type.Encode);
}
