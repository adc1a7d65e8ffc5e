using System.Text;
using Orchestrator.Storage.Sqlite;

namespace Orchestrator.Storage.Tests;

public sealed class CollectionTests : IAsyncLifetime
{
    private static readonly CancellationToken None = CancellationToken.None;
    private readonly string _directory = Directory.CreateTempSubdirectory("collection-").FullName;
    private SqliteObjectStore? _store;
    private int _decoded;

    private sealed record Thing(string Text, long Revision);

    private Collection<Thing> Things => field ??= new(
        _store!,
        "things/",
        entry =>
        {
            _decoded++;
            return new(Encoding.UTF8.GetString(entry.Value.Span), entry.Revision);
        },
        thing => Encoding.UTF8.GetBytes(thing.Text));

    public async Task InitializeAsync() =>
        _store = await SqliteObjectStore.OpenAsync(new() { Path = Path.Combine(_directory, "store.db") }, TimeProvider.System, None);

    public async Task DisposeAsync()
    {
        await _store!.DisposeAsync();
        Directory.Delete(_directory, recursive: true);
    }

    [Fact]
    public async Task Values_are_created_read_updated_and_deleted_by_their_revision()
    {
        await Things.CreateAsync("a", new("1", 0), None);
        var read = (await Things.GetAsync("a", None))!;
        Assert.Equal(new("1", 1), read);
        Assert.IsType<CommitResult.Committed>(await Things.UpdateAsync("a", read with { Text = "2" }, read.Revision, None));
        Assert.IsType<CommitResult.Conflict>(await Things.UpdateAsync("a", read with { Text = "3" }, read.Revision, None));
        Assert.Equal(new("2", 2), await Things.GetAsync("a", None));
        Assert.IsType<CommitResult.Committed>(await Things.DeleteAsync("a", 2, None));
        Assert.Null(await Things.GetAsync("a", None));
    }

    [Fact]
    public async Task What_did_not_change_is_decoded_once()
    {
        await CreateAsync(10);
        for (var i = 0; i < 3; i++)
        {
            Assert.Equal(10, (await Things.ListAsync("", None)).Items.Count);
            await Things.GetAsync("3", None);
        }

        Assert.Equal(10, _decoded);
        await Things.UpdateAsync("3", new("new", 0), 4, None);
        var page = await Things.ListAsync("", None);
        Assert.Equal((11, "new", 11), (_decoded, page.Items[3].Text, page.Revision));
    }

    [Fact]
    public async Task Pages_and_subsets_are_those_of_the_store()
    {
        await CreateAsync(12);
        Assert.Equal(["1", "10", "11"], (await Things.ListAsync("1", None)).Items.Select(thing => thing.Text), StringComparer.Ordinal);
        var first = await Things.ListAsync("1", 2, null, None);
        var second = await Things.ListAsync("1", 2, first.Continue, None);
        Assert.Equal(["1", "10", "11"], first.Items.Concat(second.Items).Select(thing => thing.Text), StringComparer.Ordinal);
        Assert.Null(second.Continue);
    }

    [Fact]
    public async Task Changes_carry_keys_without_prefix_and_deletions_the_last_value_at_their_revision()
    {
        await Things.CreateAsync("a", new("1", 0), None);
        await Things.UpdateAsync("a", new("2", 0), 1, None);
        await Things.DeleteAsync("a", 2, None);
        var changes = new List<Change<Thing>>();
        await foreach (var change in Things.WatchAsync("", 0, None))
        {
            changes.Add(change);
            if (changes.Count == 3)
            {
                break;
            }
        }

        Assert.Equal(
            [
                new(StoreEventType.Put, "a", new("1", 1), null, 1, true),
                new(StoreEventType.Put, "a", new("2", 2), new("1", 1), 2, false),
                new(StoreEventType.Deleted, "a", new("2", 3), new("2", 2), 3, false),
            ],
            changes);
    }

    [Fact]
    public async Task Operations_of_two_collections_make_one_transaction()
    {
        var others = new Collection<Thing>(_store!, "others/", entry => new("", entry.Revision), _ => []);
        await _store!.CommitAsync(new(Things.Create("a", new("1", 0)), others.Create("a", new("", 0))), None);
        Assert.Equal((await Things.GetAsync("a", None))!.Revision, (await others.GetAsync("a", None))!.Revision);
    }

    private async Task CreateAsync(int count)
    {
        for (var i = 0; i < count; i++)
        {
            await Things.CreateAsync($"{i}", new($"{i}", 0), None);
        }
    }
}
