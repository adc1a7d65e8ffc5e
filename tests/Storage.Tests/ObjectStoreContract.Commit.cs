namespace Orchestrator.Storage.Tests;

public abstract partial class ObjectStoreContract
{
    [Fact]
    public async Task A_fresh_store_is_empty_and_has_an_identity_that_stays()
    {
        await ReopenAsync();
        var id = Store.ClusterId;
        Assert.NotEmpty(id);
        Assert.Equal(0, Store.Revision);
        Assert.Null(await Store.GetAsync("a", None));
        Assert.Empty((await Store.ListAsync("", None)).Items);

        await ReopenAsync();
        Assert.Equal(id, Store.ClusterId);
    }

    [Fact]
    public async Task What_was_committed_is_read_back_also_after_reopening()
    {
        await ReopenAsync();
        var created = Revision(await Store.CreateAsync("vm/a", Bytes("1"), None));
        var updated = Revision(await Store.UpdateAsync("vm/a", Bytes("2"), created, None));
        await Store.CreateAsync("vm/empty", default, None);
        Assert.True(updated > created);

        foreach (var store in new[] { Store, await ReopenAsync() })
        {
            _ = store;
            var entry = await Store.GetAsync("vm/a", None);
            Assert.Equal(("2", created, updated), (Text(entry!), entry!.CreateRevision, entry.Revision));
            Assert.Equal("", Text((await Store.GetAsync("vm/empty", None))!));
            Assert.Equal(updated + 1, Store.Revision);
        }
    }
}
