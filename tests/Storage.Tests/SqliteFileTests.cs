using System.Diagnostics;
using Orchestrator.Storage.Sqlite;
using Orchestrator.Testing;

namespace Orchestrator.Storage.Tests;

/// <summary>What the embedded engine promises about its file.</summary>
public sealed class SqliteFileTests : IDisposable
{
    private static readonly CancellationToken None = CancellationToken.None;
    private readonly string _directory = Directory.CreateTempSubdirectory("store-file-").FullName;
    private readonly ManualTime _time = new();

    private string Database => Path.Combine(_directory, "data", "store.db");

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Fact]
    public async Task Files_are_private_to_their_owner()
    {
        await using var store = await OpenAsync();
        await store.CreateAsync("a", default, None);
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute, File.GetUnixFileMode(Path.GetDirectoryName(Database)!));
        var files = Directory.GetFiles(Path.GetDirectoryName(Database)!);
        Assert.Contains(Database + "-wal", files, StringComparer.Ordinal);
        Assert.All(files, file => Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(file)));
    }

    [Fact]
    public async Task A_second_opener_is_refused()
    {
        await using (await OpenAsync())
        {
            var refused = await Assert.ThrowsAsync<StoreLockedException>(() => OpenAsync());
            Assert.Contains($"{Database} is in use", refused.Message, StringComparison.Ordinal);
        }

        await using var afterwards = await OpenAsync();
    }

    [Fact]
    public async Task Old_history_goes_by_itself_and_young_or_little_history_stays()
    {
        var options = new SqliteStoreOptions { Path = Database, KeepEventsAtLeast = 10, KeepEventsFor = TimeSpan.FromHours(1), KeepEventsAtMost = 50 };
        await using var store = await OpenAsync(options);
        async Task PutAsync(int times)
        {
            for (var i = 0; i < times; i++)
            {
                await store.CommitAsync(new(Operation.Put("a", default)), None);
            }
        }

        await PutAsync(30);
        Assert.Equal(0, await CompactedAsync(store));

        _time.Advance(TimeSpan.FromHours(2));
        await PutAsync(1);
        Assert.Equal(20, await CompactedAsync(store)); // all 30 are old, the newest 10 of them stay

        await PutAsync(100);
        Assert.InRange(await CompactedAsync(store), 131 - 52, 131 - 50); // young, but too many
    }

    [Fact]
    public async Task The_file_does_not_grow_for_ever()
    {
        var options = new SqliteStoreOptions { Path = Database, KeepEventsAtLeast = 50, KeepEventsFor = TimeSpan.Zero, KeepEventsAtMost = 100 };
        var sizes = new List<long>();
        for (var round = 1; round <= 3; round++)
        {
            await using (var store = await OpenAsync(options))
            {
                await Task.WhenAll(Enumerable.Range(0, 3000).Select(i => store.CommitAsync(new(Operation.Put($"{i % 20}", new byte[4000])), None)));
                _time.Advance(TimeSpan.FromSeconds(1));
                await store.CommitAsync(new(Operation.Put("last", default)), None);
            }

            sizes.Add(new FileInfo(Database).Length);
        }

        Assert.All(sizes, size => Assert.InRange(size, 50 * 4000, 3_000_000)); // 12 MB were written each time
    }

    /// <summary>The process died after the compaction was durable and before its rows were deleted.</summary>
    [Fact]
    public async Task Trimming_that_was_cut_off_is_finished_later()
    {
        await using (var store = await OpenAsync())
        {
            for (var i = 0; i < 5; i++)
            {
                await store.CommitAsync(new(Operation.Put("a", new byte[i])), None);
            }

            await store.CommitAsync(new(Operation.Put("b", default)), None);
            await store.CommitAsync(new(Operation.Delete("b")), None);
        }

        using (var connection = new SqliteConnection(Database))
        {
            connection.Execute("UPDATE store SET compacted = 7");
        }

        await using (var store = await OpenAsync())
        {
            Assert.Equal(8, Assert.IsType<CommitResult.Committed>(await store.CreateAsync("c", default, None)).Revision);
        }

        using (var connection = new SqliteConnection(Database))
        {
            Assert.Equal(2, connection.QueryInt64("SELECT count(*) FROM log"));
            Assert.Equal(5, connection.QueryInt64("SELECT revision FROM current WHERE key = 'a'"));
            Assert.Equal(2, connection.QueryInt64("SELECT count(*) FROM current"));
        }
    }

    [Fact]
    public async Task What_is_damaged_is_refused_and_left_as_it_is()
    {
        await using (var store = await OpenAsync())
        {
            for (var i = 0; i < 100; i++)
            {
                await store.CreateAsync($"{i}", "the value that a bit flips in"u8.ToArray(), None);
            }
        }

        var whole = await File.ReadAllBytesAsync(Database);
        var value = whole.AsSpan().IndexOf("a bit flips"u8);
        Assert.True(value > 0);
        byte[][] damaged =
        [
            "certainly not a database, and longer than a header of one would be: "u8.ToArray().Concat(new byte[5000]).ToArray(),
            [.. whole[..value], (byte)'A', .. whole[(value + 1)..]],
            whole[..(whole.Length / 2)],
        ];
        foreach (var bytes in damaged)
        {
            await File.WriteAllBytesAsync(Database, bytes);
            var refused = await Assert.ThrowsAsync<StoreCorruptException>(() => OpenAsync());
            Assert.Contains(Database, refused.Message, StringComparison.Ordinal);
            Assert.Equal(bytes, await File.ReadAllBytesAsync(Database));
        }
    }

    [Fact]
    public async Task A_database_of_another_program_or_version_is_refused()
    {
        await using (await OpenAsync())
        {
        }

        using (var connection = new SqliteConnection(Database))
        {
            connection.Execute("PRAGMA user_version = 2");
        }

        Assert.Contains("version 2", (await Assert.ThrowsAsync<StoreCorruptException>(() => OpenAsync())).Message, StringComparison.Ordinal);
        File.Delete(Database);
        using (var connection = new SqliteConnection(Database))
        {
            connection.Execute("CREATE TABLE other (a)");
        }

        Assert.Contains("another program", (await Assert.ThrowsAsync<StoreCorruptException>(() => OpenAsync())).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_path_that_cannot_be_used_is_said()
    {
        await File.WriteAllTextAsync(Path.Combine(_directory, "data"), "a file where a directory should be");
        var refused = await Assert.ThrowsAsync<StorageException>(() => OpenAsync());
        Assert.Contains(Database, refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_full_disk_fails_the_write_and_nothing_else()
    {
        var mount = Path.Combine(_directory, "data");
        Directory.CreateDirectory(mount);
        await RunAsync("mount", "-t", "tmpfs", "-o", "size=4m", "tmpfs", mount);
        try
        {
            var ballast = Path.Combine(mount, "ballast");
            await File.WriteAllBytesAsync(ballast, new byte[2_000_000]);
            var acknowledged = new List<string>();
            await using (var store = await OpenAsync())
            {
                var refused = await Assert.ThrowsAsync<StorageException>(async () => await FillAsync(store, acknowledged, 1000));
                Assert.Contains("full", refused.Message, StringComparison.Ordinal);
                Assert.NotEmpty(acknowledged);
                await AssertHoldsAsync(store, acknowledged);

                File.Delete(ballast);
                await FillAsync(store, acknowledged, 10);
                await AssertHoldsAsync(store, acknowledged);
            }

            await using var reopened = await OpenAsync();
            await AssertHoldsAsync(reopened, acknowledged);
        }
        finally
        {
            await RunAsync("umount", mount);
        }
    }

    private static async Task FillAsync(SqliteObjectStore store, List<string> acknowledged, int times)
    {
        for (var i = 0; i < times; i++)
        {
            var key = $"{acknowledged.Count:D6}";
            await store.CreateAsync(key, new byte[20_000], None);
            acknowledged.Add(key);
        }
    }

    private static async Task AssertHoldsAsync(SqliteObjectStore store, List<string> acknowledged)
    {
        Assert.Equal(acknowledged, (await store.ListAsync("", None)).Items.Select(entry => entry.Key), StringComparer.Ordinal);
        Assert.Equal(acknowledged.Count, store.Revision);
    }

    private static async Task<long> CompactedAsync(SqliteObjectStore store)
    {
        try
        {
            await store.WatchAsync("", 0, None).GetAsyncEnumerator(None).MoveNextAsync();
            return 0;
        }
        catch (RevisionCompactedException compacted)
        {
            return compacted.CompactedRevision;
        }
    }

    private static async Task RunAsync(string program, params string[] arguments)
    {
        using var process = Process.Start(program, arguments);
        await process.WaitForExitAsync();
        Assert.Equal(0, process.ExitCode);
    }

    private Task<SqliteObjectStore> OpenAsync(SqliteStoreOptions? options = null) =>
        SqliteObjectStore.OpenAsync(options ?? new() { Path = Database }, _time, None);
}
