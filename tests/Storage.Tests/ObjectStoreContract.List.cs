namespace Orchestrator.Storage.Tests;

public abstract partial class ObjectStoreContract
{
    [Fact]
    public async Task A_listing_holds_exactly_what_starts_with_the_prefix_in_key_order()
    {
        string[] keys = ["vm/b", "vm", "vm/a", "vm/", "vma", "Vm/a", "vm/a-1", "vm/a/1", "vn/a", "vl/z", "vm/é", "vm/ｚ"];
        foreach (var key in keys)
        {
            await Store.CreateAsync(key, Bytes(key), None);
        }

        foreach (var prefix in new[] { "", "vm/", "vm/a", "vm", "x", "vz" })
        {
            var expected = keys.Where(key => key.StartsWith(prefix, StringComparison.Ordinal)).Order(StringComparer.Ordinal);
            var listing = await Store.ListAsync(prefix, None);
            Assert.Equal(expected, listing.Items.Select(entry => entry.Key), StringComparer.Ordinal);
            Assert.Equal(keys.Length, listing.Revision);
            Assert.Null(listing.Continue);
        }
    }

    [Fact]
    public async Task Pages_show_one_snapshot_whatever_happens_meanwhile()
    {
        for (var i = 0; i < 10; i++)
        {
            await Store.CreateAsync($"vm/{i}", Bytes("old"), None);
        }

        var page = await Store.ListAsync("vm/", 3, null, None);
        var seen = new List<Entry>(page.Items);
        for (var pages = 1; page.Continue is not null; pages++)
        {
            await Store.CommitAsync(new(Operation.Put($"vm/{pages + 3}", Bytes("new")), Operation.Put($"vm/{pages + 3}-more", Bytes("new")), Operation.Delete($"vm/{10 - pages}")), None);
            page = await Store.ListAsync("vm/", 3, page.Continue, None);
            Assert.Equal(10, page.Revision);
            seen.AddRange(page.Items);
        }

        Assert.Equal(Enumerable.Range(0, 10).Select(i => ($"vm/{i}", "old", i + 1L)), seen.Select(entry => (entry.Key, Text(entry), entry.Revision)));
    }

    [Fact]
    public async Task A_full_last_page_has_no_next()
    {
        await Store.CreateAsync("a", default, None);
        await Store.CreateAsync("b", default, None);
        Assert.Null((await Store.ListAsync("", 2, null, None)).Continue);
        Assert.NotNull((await Store.ListAsync("", 1, null, None)).Continue);
    }

    [Fact]
    public async Task A_page_of_a_forgotten_snapshot_is_refused()
    {
        await Store.CreateAsync("a", default, None);
        await Store.CreateAsync("b", default, None);
        var page = await Store.ListAsync("", 1, null, None);
        await Store.CommitAsync(new(Operation.Put("c", default)), None);
        await Store.CompactAsync(2, None);
        Assert.Equal("b", Assert.Single((await Store.ListAsync("", 1, page.Continue, None)).Items).Key);
        await Store.CompactAsync(3, None);
        await Assert.ThrowsAsync<RevisionCompactedException>(async () => await Store.ListAsync("", 1, page.Continue, None));
    }

    [Theory]
    [InlineData("")]
    [InlineData("x")]
    [InlineData(":a")]
    [InlineData("-1:a")]
    [InlineData("99:a")]
    [InlineData("99999999999999999999:a")]
    public async Task A_made_up_continue_token_is_refused(string token) =>
        await Assert.ThrowsAsync<ArgumentException>(async () => await Store.ListAsync("", 1, token, None));
}
