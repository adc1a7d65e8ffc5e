using System.Collections.Concurrent;
using FsCheck;
using FsCheck.Fluent;
using Orchestrator.Testing;

namespace Orchestrator.Reconciler.Tests.Queue;

/// <summary>The laws of the queue over random interleavings of adding, ending, failing and time passing.</summary>
public sealed class WorkQueueLaws
{
    private const int Places = 2;

    [Fact]
    public void Whatever_happens_every_hint_is_looked_at_and_no_key_twice_at_once() =>
        Check.One(Config.QuickThrowOnFailure.WithMaxTest(60), Prop.ForAll(Arb.From(Gen.ListOf(Acts)), Arb.From(Gen.Choose(1, 1000)), (acts, seed) => RunAsync(acts, seed).GetAwaiter().GetResult()));

    private static Gen<(char Act, string Key)> Acts { get; } =
        from act in Gen.Frequency((6, Gen.Constant('+')), (1, Gen.Constant('t')))
        from key in Gen.Elements("x1", "x2", "x3", "x4", "y1", "y2")
        select (act, key);

    /// <summary>Handlers read a counter that hints raise before they are added: at the end each key's last look must have seen its last hint.</summary>
    private static async Task<bool> RunAsync(IList<(char Act, string Key)> acts, int seed)
    {
        var time = new ManualTime();
        var hints = new ConcurrentDictionary<string, int>(StringComparer.Ordinal);
        var seen = new ConcurrentDictionary<string, int>(StringComparer.Ordinal);
        var running = new ConcurrentDictionary<string, bool>(StringComparer.Ordinal);
        var inLane = new ConcurrentDictionary<string, int>(StringComparer.Ordinal);
        var wrong = 0;
        var turn = seed;
        await using var queue = new WorkQueue<string>(time, _ => TimeSpan.FromSeconds(1), key => key[..1], _ => Places, async (key, _, _) =>
        {
            if (!running.TryAdd(key, true) || inLane.AddOrUpdate(key[..1], 1, (_, count) => count + 1) > Places)
            {
                Interlocked.Increment(ref wrong);
            }

            var look = hints.GetValueOrDefault(key);
            var fate = (uint)Interlocked.Add(ref turn, 7919) % 5;
            for (var yields = 0; yields < fate; yields++)
            {
                await Task.Yield();
            }

            inLane.AddOrUpdate(key[..1], 0, (_, count) => count - 1);
            running.TryRemove(key, out _);
            switch (fate)
            {
                case 0:
                    throw new InvalidOperationException("on purpose");
                case 1:
                    return Verdict.Retry;
                default:
                    seen.AddOrUpdate(key, look, (_, before) => Math.Max(before, look));
                    return fate == 2 ? Verdict.LookAgain(TimeSpan.FromSeconds(2)) : Verdict.Settled;
            }
        });
        foreach (var (act, key) in acts)
        {
            if (act == '+')
            {
                hints.AddOrUpdate(key, 1, (_, count) => count + 1);
                queue.Add(key);
            }
            else
            {
                time.Advance(TimeSpan.FromSeconds(1));
            }
        }

        var began = TimeProvider.System.GetTimestamp();
        while (hints.Any(hint => seen.GetValueOrDefault(hint.Key) < hint.Value))
        {
            Assert.True(TimeProvider.System.GetElapsedTime(began) < TimeSpan.FromSeconds(30), "a hint was lost");
            time.Advance(TimeSpan.FromSeconds(1));
            await Task.Delay(TimeSpan.FromMilliseconds(1), TimeProvider.System);
        }

        return wrong == 0;
    }
}
