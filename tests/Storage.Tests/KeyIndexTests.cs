using FsCheck;
using FsCheck.Fluent;
using Orchestrator.Storage.Memory;

namespace Orchestrator.Storage.Tests;

public sealed class KeyIndexTests
{
    /// <summary>Long runs of changes, so that the arrays split, merge and vanish; and old indexes stay what they were.</summary>
    [Fact]
    public void The_index_is_a_sorted_map_and_snapshots_stay() =>
        Check.One(
            Config.QuickThrowOnFailure.WithMaxTest(30),
            Prop.ForAll(Gen.Choose(0, int.MaxValue - 1).ToArbitrary(), Gen.Choose(1, 3000).ToArbitrary(), (seed, keys) =>
            {
                var random = new Random(seed);
                var model = new SortedDictionary<string, Entry>(StringComparer.Ordinal);
                var index = KeyIndex.From([]);
                for (var phase = 0; phase < 3; phase++)
                {
                    var growing = phase != 1;
                    var builder = index.ToBuilder();
                    var before = index.Range("", null, 0);
                    for (var change = 0; change < keys; change++)
                    {
                        var key = $"{random.Next(10)}/{random.Next(keys)}";
                        if (random.Next(10) < (growing ? 8 : 1))
                        {
                            builder.Set(model[key] = new(key, default, 1, change));
                        }
                        else
                        {
                            key = growing ? key : model.Keys.FirstOrDefault(present => string.CompareOrdinal(present, key) >= 0) ?? key;
                            builder.Remove(key);
                            model.Remove(key);
                        }
                    }

                    Assert.Equal(before, index.Range("", null, 0));
                    index = builder.ToIndex();
                    AssertSame(model, index, random);
                }

                return true;
            }));

    private static void AssertSame(SortedDictionary<string, Entry> model, KeyIndex index, Random random)
    {
        Assert.Equal(model.Count, index.Count);
        Assert.Equal(model.Values, index.Range("", null, 0));
        Assert.Equal(model.Values, KeyIndex.From(model.Values.Reverse()).Range("", null, 0));
        foreach (var prefix in new[] { "", "3/", "7/1", "x" })
        {
            var after = $"{prefix}{random.Next(10)}";
            var limit = random.Next(1, 400);
            var under = model.Values.Where(entry => entry.Key.StartsWith(prefix, StringComparison.Ordinal)).ToList();
            Assert.Equal(under.Take(limit), index.Range(prefix, null, limit));
            Assert.Equal(under.Where(entry => string.CompareOrdinal(entry.Key, after) > 0), index.Range(prefix, after, 0));
            Assert.Equal(model.GetValueOrDefault(after), index.Find(after));
        }
    }
}
