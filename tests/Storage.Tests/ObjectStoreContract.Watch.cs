namespace Orchestrator.Storage.Tests;

public abstract partial class ObjectStoreContract
{
    [Fact]
    public async Task A_watch_tells_what_was_created_replaced_and_deleted()
    {
        var first = Revision(await Store.CreateAsync("vm/a", Bytes("1"), None));
        await Store.CreateAsync("other", Bytes("1"), None);
        var second = Revision(await Store.UpdateAsync("vm/a", Bytes("2"), first, None));
        var third = Revision(await Store.DeleteAsync("vm/a", second, None));
        for (var opened = 1; opened <= 2; opened++)
        {
            var events = await TakeAsync("vm/", 0, 3);
            Assert.Equal(
                [
                    (StoreEventType.Put, true, "vm/a", "1", first, null),
                    (StoreEventType.Put, false, "vm/a", "2", second, "1"),
                    (StoreEventType.Deleted, false, "vm/a", "2", third, "2"),
                ],
                events.Select(e => (e.Type, e.IsCreate, e.Entry.Key, Text(e.Entry), e.Revision, e.Previous is null ? null : Text(e.Previous))));
            Assert.All(events, e => Assert.Equal(first, e.Entry.CreateRevision));
            await ReopenAsync();
        }
    }

    [Fact]
    public async Task Watches_begun_at_any_moment_miss_nothing_and_double_nothing()
    {
        const int Writers = 8, Writes = 100;
        var writing = Task.WhenAll(Enumerable.Range(0, Writers).Select(writer => Task.Run(async () =>
        {
            for (var i = 0; i < Writes; i++)
            {
                await Store.CommitAsync(new(Operation.Put($"vm/{writer}", Bytes($"{i}")), Operation.Put($"log/{writer}", Bytes($"{i}"))), None);
            }
        })));
        var watching = new List<(long After, Task<IReadOnlyList<StoreEvent>> Seen)>();
        while (!writing.IsCompleted)
        {
            var after = Store.Revision;
            watching.Add((after, TakeAsync("vm/", after, (int)(Writers * Writes - after))));
            await Task.Yield();
            if (watching.Count > 100)
            {
                await writing;
            }
        }

        await writing;
        watching.Add((0, TakeAsync("vm/", 0, Writers * Writes)));
        foreach (var (after, seen) in watching)
        {
            Assert.Equal(Enumerable.Range(1, Writers * Writes).Select(i => (long)i).Where(i => i > after), (await seen).Select(e => e.Revision));
        }
    }

    [Fact]
    public async Task A_watch_resumes_after_reopening_where_it_stopped()
    {
        for (var i = 1; i <= 20; i++)
        {
            await Store.CommitAsync(new(Operation.Put("a", Bytes($"{i}"))), None);
        }

        var before = await TakeAsync("", 0, 7);
        await ReopenAsync();
        await Store.CommitAsync(new(Operation.Put("a", Bytes("21"))), None);
        var after = await TakeAsync("", before[^1].Revision, 14);
        Assert.Equal(Enumerable.Range(1, 21).Select(i => $"{i}"), before.Concat(after).Select(e => Text(e.Entry)), StringComparer.Ordinal);
    }

    [Fact]
    public async Task A_watch_from_the_future_waits_for_it()
    {
        var watching = TakeAsync("", 3, 2);
        for (var i = 1; i <= 5; i++)
        {
            await Store.CommitAsync(new(Operation.Put("a", Bytes($"{i}"))), None);
        }

        Assert.Equal([4, 5], (await watching).Select(e => e.Revision));
    }

    [Fact]
    public async Task Compaction_forgets_history_and_no_entry()
    {
        for (var i = 1; i <= 6; i++)
        {
            await Store.CommitAsync(new(Operation.Put($"k{i % 2}", Bytes($"{i}"))), None);
        }

        await Store.CommitAsync(new(Operation.Delete("k0")), None);
        await Store.CompactAsync(5, None);
        await Store.CompactAsync(2, None);
        for (var opened = 1; opened <= 2; opened++)
        {
            var refused = await Assert.ThrowsAsync<RevisionCompactedException>(() => TakeAsync("", 4, 1));
            Assert.Equal((4, 5), (refused.Revision, refused.CompactedRevision));
            Assert.Equal([6, 7], (await TakeAsync("", 5, 2)).Select(e => e.Revision));
            Assert.Equal((null, "5", 7), (await ReadAsync("k0"), await ReadAsync("k1"), Store.Revision));
            await ReopenAsync();
        }

        await Store.CompactAsync(7, None);
        await ReopenAsync();
        Assert.Equal((null, "5", 7), (await ReadAsync("k0"), await ReadAsync("k1"), Store.Revision));
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(() => Store.CompactAsync(8, None));
    }

    [Fact]
    public async Task A_watcher_that_does_not_read_is_let_go_and_delays_nobody()
    {
        await using var slow = Store.WatchAsync("", 0, Deadline).GetAsyncEnumerator(Deadline);
        var first = slow.MoveNextAsync();
        for (var i = 1; i <= WatchBuffer + 10; i++)
        {
            await Store.CommitAsync(new(Operation.Put("a", Bytes($"{i}"))), None);
        }

        Assert.True(await first);
        var last = slow.Current.Revision;
        await Assert.ThrowsAsync<WatcherTooSlowException>(async () =>
        {
            while (await slow.MoveNextAsync())
            {
                Assert.Equal(last + 1, slow.Current.Revision);
                last = slow.Current.Revision;
            }
        });
        Assert.Equal(WatchBuffer + 10 - last, (await TakeAsync("", last, (int)(WatchBuffer + 10 - last))).Count);
    }

    [Fact]
    public async Task Closing_the_store_ends_its_watches()
    {
        var watching = TakeAsync("", 0, 1);
        await Store.DisposeAsync();
        await Assert.ThrowsAsync<ObjectDisposedException>(() => watching);
    }

    [Fact]
    public async Task A_cancelled_watch_ends()
    {
        using var cancel = new CancellationTokenSource();
        await using var watching = Store.WatchAsync("", 0, cancel.Token).GetAsyncEnumerator(None);
        var next = watching.MoveNextAsync();
        await cancel.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await next);
    }
}
