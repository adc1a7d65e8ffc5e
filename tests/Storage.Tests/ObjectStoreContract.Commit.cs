using System.Globalization;

namespace Orchestrator.Storage.Tests;

public abstract partial class ObjectStoreContract
{
    [Fact]
    public async Task A_fresh_store_is_empty_and_has_an_identity_that_stays()
    {
        var id = Store.ClusterId;
        Assert.NotEmpty(id);
        Assert.Equal(0, Store.Revision);
        Assert.Null(await ReadAsync("a"));
        Assert.Empty((await Store.ListAsync("", None)).Items);

        await ReopenAsync();
        Assert.Equal(id, Store.ClusterId);
    }

    [Fact]
    public async Task What_was_committed_is_read_back_also_after_reopening()
    {
        var created = Revision(await Store.CreateAsync("vm/a", Bytes("1"), None));
        var updated = Revision(await Store.UpdateAsync("vm/a", Bytes("2"), created, None));
        await Store.CreateAsync("vm/empty", default, None);
        for (var opened = 1; opened <= 2; opened++)
        {
            var entry = await Store.GetAsync("vm/a", None);
            Assert.Equal(("2", created, updated), (Text(entry!), entry!.CreateRevision, entry.Revision));
            Assert.Equal("", await ReadAsync("vm/empty"));
            Assert.Equal(updated + 1, Store.Revision);
            await ReopenAsync();
        }
    }

    [Fact]
    public async Task A_lost_race_is_a_result_that_shows_what_is_there()
    {
        var first = Revision(await Store.CreateAsync("a", Bytes("1"), None));
        var second = Revision(await Store.UpdateAsync("a", Bytes("2"), first, None));
        Operation[] losers =
        [
            Operation.Create("a", Bytes("3")), Operation.Update("a", Bytes("3"), first), Operation.Delete("a", first),
            Operation.Check("a", first), Operation.CheckAbsent("a"),
        ];
        foreach (var loser in losers)
        {
            var conflict = Assert.IsType<CommitResult.Conflict>(await Store.CommitAsync(new(loser), None));
            Assert.Equal(("a", "2", second), (conflict.Key, Text(conflict.Current!), conflict.Current!.Revision));
        }

        foreach (var loser in new[] { Operation.Update("b", Bytes("3"), first), Operation.Delete("b", first), Operation.Check("b", first) })
        {
            Assert.Equal(new CommitResult.Conflict("b", null), await Store.CommitAsync(new(loser), None));
        }

        Assert.Equal(second, Store.Revision);
    }

    [Fact]
    public async Task A_transaction_happens_whole_under_one_revision_or_not_at_all()
    {
        var a = Revision(await Store.CreateAsync("a", Bytes("1"), None));
        var b = Revision(await Store.CreateAsync("b", Bytes("1"), None));

        var refused = await Store.CommitAsync(new(Operation.Put("new", Bytes("2")), Operation.Delete("a", a), Operation.Update("b", Bytes("2"), a)), None);
        Assert.Equal("b", Assert.IsType<CommitResult.Conflict>(refused).Key);
        Assert.Equal((null, "1", "1", b), (await ReadAsync("new"), await ReadAsync("a"), await ReadAsync("b"), Store.Revision));

        var done = await Store.CommitAsync(new(Operation.Put("new", Bytes("2")), Operation.Delete("a", a), Operation.Update("b", Bytes("2"), b)), None);
        Assert.Equal(b + 1, Revision(done));
        Assert.Equal(("2", null, "2", b + 1), (await ReadAsync("new"), await ReadAsync("a"), await ReadAsync("b"), Store.Revision));
        Assert.All(await TakeAsync("", b, 3), happened => Assert.Equal(b + 1, happened.Revision));
    }

    [Fact]
    public async Task A_key_deleted_and_created_again_is_another_incarnation()
    {
        var first = Revision(await Store.CreateAsync("a", Bytes("1"), None));
        Revision(await Store.DeleteAsync("a", first, None));
        var again = Revision(await Store.CreateAsync("a", Bytes("2"), None));
        Assert.Equal(again, (await Store.GetAsync("a", None))!.CreateRevision);
        Assert.IsType<CommitResult.Conflict>(await Store.UpdateAsync("a", Bytes("3"), first, None));
    }

    [Fact]
    public async Task What_changes_nothing_takes_no_revision()
    {
        var revision = Revision(await Store.CreateAsync("a", Bytes("1"), None));
        Assert.Equal(revision, Revision(await Store.CommitAsync(new(Operation.Check("a", revision), Operation.CheckAbsent("b")), None)));
        Assert.Equal(revision, Revision(await Store.CommitAsync(new(Operation.Delete("b")), None)));
        Assert.Equal(revision, Store.Revision);
    }

    [Fact]
    public async Task Of_many_who_create_the_same_key_at_once_one_wins()
    {
        var results = await Task.WhenAll(Enumerable.Range(0, 200).Select(i => Store.CreateAsync("a", Bytes($"{i}"), None)));
        var winner = Assert.Single(results.Index(), one => one.Item is CommitResult.Committed);
        Assert.Equal($"{winner.Index}", await ReadAsync("a"));
        Assert.All(results.OfType<CommitResult.Conflict>(), lost => Assert.Equal($"{winner.Index}", Text(lost.Current!)));
        Assert.Equal(1, Store.Revision);
    }

    [Fact]
    public async Task Counting_by_compare_and_swap_from_many_sides_loses_no_step()
    {
        await Store.CreateAsync("n", Bytes("0"), None);
        await Task.WhenAll(Enumerable.Range(0, 16).Select(_ => Task.Run(async () =>
        {
            for (var done = 0; done < 25;)
            {
                var entry = (await Store.GetAsync("n", None))!;
                var next = Bytes($"{int.Parse(Text(entry), CultureInfo.InvariantCulture) + 1}");
                done += await Store.UpdateAsync("n", next, entry.Revision, None) is CommitResult.Committed ? 1 : 0;
            }
        })));
        Assert.Equal("400", await ReadAsync("n"));
    }

    [Fact]
    public async Task A_cancelled_commit_happened_not_at_all_and_any_other_wholly()
    {
        var outcomes = await Task.WhenAll(Enumerable.Range(0, 500).Select(i => Task.Run(async () =>
        {
            var random = new Random(i);
            using var cancel = new CancellationTokenSource();
            if (random.Next(2) == 0)
            {
                cancel.CancelAfter(TimeSpan.FromMicroseconds(random.Next(2000)));
            }

            try
            {
                return await Store.CommitAsync(new(Operation.Create($"x/{i}", Bytes("1")), Operation.Create($"y/{i}", Bytes("1"))), cancel.Token);
            }
            catch (OperationCanceledException)
            {
                return null;
            }
        })));
        await ReopenAsync();
        for (var i = 0; i < outcomes.Length; i++)
        {
            var expected = outcomes[i] is null ? null : "1";
            Assert.Equal((expected, expected), (await ReadAsync($"x/{i}"), await ReadAsync($"y/{i}")));
        }
    }

    [Fact]
    public async Task The_caller_may_reuse_its_buffer()
    {
        var buffer = Bytes("1");
        var operation = Operation.Create("a", buffer);
        buffer[0] = (byte)'2';
        await Store.CommitAsync(new(operation), None);
        Assert.Equal("1", await ReadAsync("a"));
    }

    [Fact]
    public void What_no_engine_could_store_is_no_transaction()
    {
        foreach (var key in new[] { "", "a\0", "a\nb", "\ud800", new string('k', 1025) })
        {
            Assert.Throws<ArgumentException>(() => Operation.Create(key, default));
        }

        Assert.Throws<ArgumentOutOfRangeException>(() => Operation.Update("a", default, 0));
        Assert.Throws<ArgumentException>(() => new Transaction());
        Assert.Throws<ArgumentException>(() => new Transaction(Operation.Check("a", 1), Operation.Delete("a", 1)));
        Assert.Throws<ArgumentException>(() => new Transaction([.. Enumerable.Range(0, 129).Select(i => Operation.Delete($"{i}"))]));
        Assert.Throws<TransactionTooLargeException>(() => new Transaction(Operation.Put("a", new byte[Transaction.MaxBytes])));
    }

    [Fact]
    public async Task The_largest_transaction_is_taken()
    {
        var values = Enumerable.Range(0, Transaction.MaxOperations).Select(i => Operation.Put($"{i:D3}", new byte[Transaction.MaxBytes / Transaction.MaxOperations - 3])).ToArray();
        Assert.Equal(1, Revision(await Store.CommitAsync(new(values), None)));
        Assert.Equal(2, Revision(await Store.CommitAsync(new(values), None)));
        await ReopenAsync();
        Assert.Equal(Transaction.MaxOperations, (await Store.ListAsync("", None)).Items.Count(entry => entry is { CreateRevision: 1, Revision: 2 }));
        Assert.Equal(2 * Transaction.MaxOperations, (await TakeAsync("", 0, 2 * Transaction.MaxOperations)).Count);
    }

    [Fact]
    public async Task A_closed_store_takes_nothing_more()
    {
        await Store.DisposeAsync();
        await Assert.ThrowsAsync<ObjectDisposedException>(() => Store.CreateAsync("a", default, None));
        await Assert.ThrowsAsync<ObjectDisposedException>(() => TakeAsync("", 0, 1));
    }
}
