using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Orchestrator.Model;
using Orchestrator.Reconciler.Specs;
using Orchestrator.RestGateway.Objects;
using Orchestrator.Storage;
using Orchestrator.Storage.Sqlite;

namespace Orchestrator.Reconciler.Tests.Specs;

/// <summary>A specs folder on disk, a real store with the real object service, and a server that can be restarted.</summary>
internal sealed class SpecsWorld : IAsyncDisposable
{
    private readonly string _root;
    private readonly SqliteObjectStore _store;
    private readonly ILogger<SpecsSync> _log;

    private SpecsWorld(SqliteObjectStore store, string root, TimeProvider time, ILogger<SpecsSync>? log)
    {
        (_store, _root, Time) = (store, root, time);
        _log = log ?? NullLogger<SpecsSync>.Instance;
        Directory.CreateDirectory(Folder);
        Objects = new(store, time, Guid.NewGuid, NullLogger<ObjectService>.Instance);
        Options = new() { Folder = Folder };
        Sync = NewSync();
    }

    public string Folder => Path.Combine(_root, "specs");

    public TimeProvider Time { get; }

    public SpecsOptions Options { get; }

    public ObjectService Objects { get; }

    public SpecsSync Sync { get; private set; }

    public long Revision => _store.Revision;

    public IReadOnlyList<string> Errors => [.. Sync.Status.Files.Values.SelectMany(file => file.Errors).Select(error => error.ToString())];

    public static async Task<SpecsWorld> StartAsync(TimeProvider? time = null, ILogger<SpecsSync>? log = null)
    {
        var root = Directory.CreateTempSubdirectory("specs-").FullName;
        var store = await SqliteObjectStore.OpenAsync(new() { Path = Path.Combine(root, "db", "store.db") }, TimeProvider.System, CancellationToken.None);
        return new(store, root, time ?? new Testing.ManualTime(), log);
    }

    public static string Type(string name, int cpu = 1, string more = "") =>
        $"---\napiVersion: orchestrator.vm/v1\nkind: InstanceType\nmetadata:\n  name: {name}\n{more}spec: {{cpu: {cpu}, memory: 512Mi, disk: 1Gi}}\n";

    public static string Vm(string name, string more = "", string spec = "") =>
        $"---\napiVersion: orchestrator.vm/v1\nkind: VirtualMachine\nmetadata:\n  name: {name}\n{more}spec:\n  instanceType: small\n{spec}";

    public void Write(string path, string text)
    {
        var full = Path.Combine(Folder, path);
        Directory.CreateDirectory(Path.GetDirectoryName(full)!);
        File.WriteAllText(full, text);
    }

    public void Delete(params string[] paths)
    {
        foreach (var path in paths)
        {
            File.Delete(Path.Combine(Folder, path));
        }
    }

    public void Move(string from, string to)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(Path.Combine(Folder, to))!);
        File.Move(Path.Combine(Folder, from), Path.Combine(Folder, to));
    }

    public void Restart() => Sync = NewSync();

    public async Task<TimeSpan> LookAsync() => await Sync.OnceAsync(CancellationToken.None);

    /// <summary>Looks until the folder has been quiet for long enough and all is done.</summary>
    public async Task SettleAsync()
    {
        for (var i = 0; i < 3; i++)
        {
            await LookAsync();
            ((Testing.ManualTime)Time).Advance(Options.Quiet);
        }

        await LookAsync();
        await FinishDeletionsAsync();
        await LookAsync();
    }

    /// <summary>What is there, as <c>name:cpu</c> for types and <c>name</c> for VMs; a minus marks what is being deleted.</summary>
    public async Task<string> ShowAsync()
    {
        var shown = new List<string>();
        foreach (var type in ResourceTypes.All)
        {
            var listing = await _store.ListAsync(type.Prefix, CancellationToken.None);
            shown.AddRange(listing.Items.Select(entry => type.Decode(entry.Value.Span, entry.Revision)).Select(resource =>
                $"{(resource.Metadata.Deleting ? "-" : "")}{resource.Metadata.Name}{(resource is InstanceType instance ? $":{instance.Spec.Cpu}" : "")}"));
        }

        return string.Join(' ', shown);
    }

    public async Task<Resource?> GetAsync(ResourceType type, string name) =>
        await Objects.GetAsync(type, type.Namespaced ? "default" : null, name, CancellationToken.None);

    public async Task<Guid?> UidAsync(string type) => (await GetAsync(ResourceTypes.InstanceTypes, type))?.Metadata.Uid;

    /// <summary>What a user does through the API.</summary>
    public async Task<WriteOutcome> ChangeAsync(ResourceType type, string name, Func<Resource, Resource> change) =>
        await Objects.UpdateAsync(type, type.Namespaced ? "default" : null, name, stored => Change.To(change(stored)), CancellationToken.None);

    public async ValueTask DisposeAsync()
    {
        await _store.DisposeAsync();
        Directory.Delete(_root, recursive: true);
    }

    /// <summary>What the controllers do: clean up, then let go.</summary>
    private async Task FinishDeletionsAsync()
    {
        var vms = await _store.ListAsync(ResourceTypes.VirtualMachines.Prefix, CancellationToken.None);
        foreach (var vm in vms.Items.Select(entry => ResourceTypes.VirtualMachines.Decode(entry.Value.Span, entry.Revision)).Where(vm => vm.Metadata.Deleting))
        {
            await ChangeAsync(ResourceTypes.VirtualMachines, vm.Metadata.Name, stored => stored with { Metadata = stored.Metadata with { Finalizers = [] } });
        }
    }

    private SpecsSync NewSync() => new(Options, Objects, Time, _log);
}
