using Orchestrator.Storage.Sqlite;

namespace Orchestrator.Storage.Tests;

/// <summary>The embedded engine keeps the contract; what only it promises stands in the other files of this class's family.</summary>
public sealed class SqliteObjectStoreTests : ObjectStoreContract
{
    private readonly string _directory = Directory.CreateTempSubdirectory("store-").FullName;

    protected override int WatchBuffer => 1000;

    private string Data => Path.Combine(_directory, "data");

    public override async Task DisposeAsync()
    {
        await base.DisposeAsync();
        Directory.Delete(_directory, recursive: true);
    }

    protected override async Task<IObjectStore> OpenAsync() => await SqliteObjectStore.OpenAsync(
        new() { Path = Path.Combine(Data, "store.db"), WatchBuffer = WatchBuffer }, TimeProvider.System, CancellationToken.None);

    protected override void Erase() => Directory.Delete(Data, recursive: true);
}
