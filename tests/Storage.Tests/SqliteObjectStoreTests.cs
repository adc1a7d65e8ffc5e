using Orchestrator.Storage.Sqlite;

namespace Orchestrator.Storage.Tests;

public sealed class SqliteObjectStoreTests : ObjectStoreContract
{
    private readonly string _directory = Directory.CreateTempSubdirectory("store-").FullName;

    protected override async Task<IObjectStore> OpenAsync() =>
        await SqliteObjectStore.OpenAsync(new() { Path = Path.Combine(_directory, "data", "store.db") }, TimeProvider.System, CancellationToken.None);

    protected override ValueTask CleanUpAsync()
    {
        Directory.Delete(_directory, recursive: true);
        return ValueTask.CompletedTask;
    }
}
