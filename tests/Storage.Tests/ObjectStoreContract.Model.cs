using FsCheck;
using FsCheck.Fluent;

namespace Orchestrator.Storage.Tests;

public abstract partial class ObjectStoreContract
{
    /// <summary>Whatever is done to it, the store is what a dictionary and a list of events would be.</summary>
    [Fact]
    public void The_store_agrees_with_the_model_in_every_history() =>
        Check.One(
            Config.QuickThrowOnFailure.WithMaxTest(60).WithEndSize(40),
            Prop.ForAll(Actions().ArrayOf().ToArbitrary(), actions => AgreesAsync(actions).GetAwaiter().GetResult()));

    // Expected revisions are given as "so many steps behind the truth", so that most transactions have a chance and many lose.
    private static Gen<ModelAction> Actions()
    {
        var operation =
            from key in Gen.Elements("a", "a/1", "a/2", "b", "c/1")
            from kind in Gen.Elements(Enum.GetValues<ModelVerb>())
            from stale in Gen.Frequency((6, Gen.Constant(0)), (1, Gen.Constant(1)))
            from value in Gen.Choose(0, 99)
            select new ModelOperation(kind, key, $"{value}", stale);
        var transaction =
            from operations in Gen.NonEmptyListOf(operation).Resize(3)
            select (ModelAction)new ModelAction.Commit([.. operations.DistinctBy(one => one.Key, StringComparer.Ordinal)]);
        return Gen.Frequency(
            (20, transaction),
            (1, Gen.Constant((ModelAction)new ModelAction.Reopen())),
            (1, Gen.Choose(0, 5).Select(keep => (ModelAction)new ModelAction.Compact(keep))));
    }

    private async Task<bool> AgreesAsync(ModelAction[] actions)
    {
        await Store.DisposeAsync();
        Erase();
        await ReopenAsync();
        var model = new StoreModel();
        foreach (var action in actions)
        {
            switch (action)
            {
                case ModelAction.Commit commit:
                    var operations = commit.Operations.Select(one => model.ToOperation(one)).ToArray();
                    var expected = model.Commit(operations);
                    Assert.Equal(expected, Describe(await Store.CommitAsync(new(operations), None)));
                    break;
                case ModelAction.Compact compact:
                    model.Compacted = Math.Max(model.Compacted, Math.Max(model.Revision - compact.Keep, 0));
                    await Store.CompactAsync(model.Compacted, None);
                    break;
                default:
                    await ReopenAsync();
                    break;
            }

            await AssertAgreesAsync(model);
        }

        await ReopenAsync();
        await AssertAgreesAsync(model);
        return true;
    }

    private static string Describe(CommitResult result) => result switch
    {
        CommitResult.Committed committed => $"committed {committed.Revision}",
        CommitResult.Conflict conflict => $"conflict {conflict.Key} {conflict.Current?.Revision}",
        _ => throw new InvalidOperationException($"{result}"),
    };

    private async Task AssertAgreesAsync(StoreModel model)
    {
        Assert.Equal(model.Revision, Store.Revision);
        var listing = await Store.ListAsync("", None);
        Assert.Equal(model.Entries.Values, listing.Items.Select(ModelEntry.Of));
        var page = await Store.ListAsync("a", 1, null, None);
        Assert.Equal(model.Entries.Values.FirstOrDefault(entry => entry.Key[0] == 'a'), page.Items.Select(ModelEntry.Of).FirstOrDefault());
        var events = model.Events.Where(one => one.Entry.Revision > model.Compacted).ToList();
        Assert.Equal(events, (await TakeAsync("", model.Compacted, events.Count)).Select(one => new ModelEvent(one.Type, ModelEntry.Of(one.Entry))));
    }
}
