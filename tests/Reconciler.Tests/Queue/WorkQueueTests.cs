using System.Collections.Concurrent;
using Orchestrator.Testing;

namespace Orchestrator.Reconciler.Tests.Queue;

/// <summary>The promises of the queue, one by one.</summary>
public sealed class WorkQueueTests
{
    private static readonly TimeSpan _patience = TimeSpan.FromSeconds(30);
    private readonly ManualTime _time = new();

    [Fact]
    public async Task A_key_added_while_it_is_handled_is_handled_once_more_and_never_twice_at_once()
    {
        var bench = new Bench(_time);
        await using var queue = bench.Queue();
        queue.Add("a");
        await bench.BeganAsync("a");
        queue.Add("a");
        queue.Add("a");
        queue.Add("a");
        Assert.Equal(1, bench.Runs("a"));
        bench.End("a");
        await bench.BeganAsync("a");
        Assert.Equal(2, bench.Runs("a"));
        bench.End("a");
        await Bench.EmptyAsync(queue);
        Assert.Equal(2, bench.Runs("a"));
    }

    [Fact]
    public async Task A_key_added_many_times_while_it_waits_is_handled_once()
    {
        var bench = new Bench(_time);
        await using var queue = bench.Queue(places: 1);
        queue.Add("a");
        await bench.BeganAsync("a");
        for (var time = 0; time < 100; time++)
        {
            queue.Add("b");
        }

        bench.End("a");
        await bench.BeganAsync("b");
        bench.End("b");
        await Bench.EmptyAsync(queue);
        Assert.Equal(1, bench.Runs("b"));
    }

    [Fact]
    public async Task A_full_lane_holds_nobody_else_up()
    {
        var bench = new Bench(_time);
        await using var queue = bench.Queue(places: 2, laneOf: key => key[..1]);
        foreach (var key in new[] { "x1", "x2", "x3", "x4", "y1" })
        {
            queue.Add(key);
        }

        await bench.BeganAsync("y1");
        Assert.Equal(0, bench.Runs("x3") + bench.Runs("x4"));
        Assert.Equal(5, queue.Pending);
        bench.End("x1");
        await bench.BeganAsync("x3");
        Assert.Equal(0, bench.Runs("x4"));
    }

    [Fact]
    public async Task A_key_is_asked_for_its_lane_each_time_it_becomes_ready()
    {
        var lane = "first";
        var bench = new Bench(_time);
        await using var queue = bench.Queue(places: 1, laneOf: key => key == "mover" ? lane : "first");
        queue.Add("mover");
        await bench.BeganAsync("mover");
        queue.Add("blocker");
        lane = "second";
        queue.Add("mover");
        bench.End("mover");
        await bench.BeganAsync("blocker");
        await bench.BeganAsync("mover");
    }

    [Fact]
    public async Task A_failing_key_is_left_alone_ever_longer_until_it_succeeds()
    {
        var bench = new Bench(_time);
        await using var queue = bench.Queue(backOff: BackOff.Exponential);
        queue.Add("a");
        foreach (var wait in new[] { 0.5, 1, 2, 4, 8 })
        {
            await bench.BeganAsync("a");
            var runs = bench.Runs("a");
            bench.End("a", Verdict.Retry);
            await Bench.EmptyAsync(queue);
            _time.Advance(TimeSpan.FromSeconds(wait) - TimeSpan.FromTicks(1));
            await Bench.EmptyAsync(queue);
            Assert.Equal(runs, bench.Runs("a"));
            _time.Advance(TimeSpan.FromTicks(1));
        }

        await bench.BeganAsync("a");
        Assert.Equal([0, 1, 2, 3, 4, 5], bench.Failures("a"));
        bench.End("a", Verdict.Settled);
        await Bench.EmptyAsync(queue);
        queue.Add("a");
        await bench.BeganAsync("a");
        Assert.Equal(0, bench.Failures("a")[^1]);
    }

    [Fact]
    public async Task A_handler_that_throws_has_failed()
    {
        var bench = new Bench(_time);
        await using var queue = bench.Queue(backOff: _ => TimeSpan.FromSeconds(1));
        queue.Add("a");
        await bench.BeganAsync("a");
        bench.Throw("a");
        await Bench.EmptyAsync(queue);
        _time.Advance(TimeSpan.FromSeconds(1));
        await bench.BeganAsync("a");
        Assert.Equal([0, 1], bench.Failures("a"));
    }

    [Fact]
    public async Task A_key_to_be_looked_at_again_comes_back_when_it_is_time_and_sooner_if_added()
    {
        var bench = new Bench(_time);
        await using var queue = bench.Queue();
        queue.Add("a");
        await bench.BeganAsync("a");
        bench.End("a", Verdict.LookAgain(TimeSpan.FromMinutes(10)));
        await Bench.EmptyAsync(queue);
        queue.Add("a");
        await bench.BeganAsync("a");
        bench.End("a", Verdict.LookAgain(TimeSpan.FromMinutes(10)));
        await Bench.EmptyAsync(queue);
        _time.Advance(TimeSpan.FromMinutes(10) - TimeSpan.FromTicks(1));
        await Bench.EmptyAsync(queue);
        Assert.Equal(2, bench.Runs("a"));
        _time.Advance(TimeSpan.FromTicks(1));
        await bench.BeganAsync("a");
    }

    [Fact]
    public async Task A_key_that_wants_to_go_on_at_once_lets_those_that_waited_go_first()
    {
        var bench = new Bench(_time);
        await using var queue = bench.Queue(places: 1);
        queue.Add("a");
        await bench.BeganAsync("a");
        queue.Add("b");
        bench.End("a", Verdict.Again);
        await bench.BeganAsync("b");
        Assert.Equal(1, bench.Runs("a"));
        bench.End("b");
        await bench.BeganAsync("a");
    }

    [Fact]
    public async Task Disposing_cancels_the_handlers_and_waits_for_them_and_nothing_runs_afterwards()
    {
        var cancelled = new TaskCompletionSource();
        var mayEnd = new TaskCompletionSource();
        var began = new TaskCompletionSource();
        var runs = 0;
        var queue = new WorkQueue<string>(_time, _ => TimeSpan.Zero, _ => "", _ => 1, async (_, _, stop) =>
        {
            Interlocked.Increment(ref runs);
            await using var registration = stop.Register(cancelled.SetResult);
            began.SetResult();
            await mayEnd.Task;
            return Verdict.Again;
        });
        queue.Add("a");
        queue.Add("waits");
        await began.Task.WaitAsync(_patience);
        var disposing = queue.DisposeAsync().AsTask();
        await cancelled.Task.WaitAsync(_patience);
        Assert.False(disposing.IsCompleted);
        mayEnd.SetResult();
        await disposing.WaitAsync(_patience);
        queue.Add("late");
        _time.Advance(TimeSpan.FromHours(1));
        Assert.Equal(1, runs);
    }

    /// <summary>Handlers that begin and end when the test says so.</summary>
    private sealed class Bench(ManualTime time)
    {
        private readonly ConcurrentDictionary<string, TaskCompletionSource<Verdict>> _running = new(StringComparer.Ordinal);
        private readonly ConcurrentQueue<(string Key, int Failures)> _runs = [];

        public WorkQueue<string> Queue(int places = 4, Func<string, string>? laneOf = null, Func<int, TimeSpan>? backOff = null) =>
            new(time, backOff ?? (_ => TimeSpan.FromSeconds(1)), laneOf ?? (_ => ""), _ => places, HandleAsync);

        public int Runs(string key) => _runs.Count(run => run.Key == key);

        public List<int> Failures(string key) => [.. _runs.Where(run => run.Key == key).Select(run => run.Failures)];

        public Task BeganAsync(string key) => UntilAsync(() => _running.ContainsKey(key));

        public static Task EmptyAsync(WorkQueue<string> queue) => UntilAsync(() => queue.Pending == 0);

        public void End(string key, Verdict verdict = default)
        {
            Assert.True(_running.TryRemove(key, out var running));
            running.SetResult(verdict);
        }

        public void Throw(string key)
        {
            Assert.True(_running.TryRemove(key, out var running));
            running.SetException(new InvalidOperationException("on purpose"));
        }

        private async ValueTask<Verdict> HandleAsync(string key, int failures, CancellationToken stop)
        {
            var end = new TaskCompletionSource<Verdict>(TaskCreationOptions.RunContinuationsAsynchronously);
            _runs.Enqueue((key, failures));
            Assert.True(_running.TryAdd(key, end), "twice at once");
            return await end.Task.WaitAsync(stop);
        }

        private static async Task UntilAsync(Func<bool> isSo)
        {
            var began = TimeProvider.System.GetTimestamp();
            while (!isSo())
            {
                Assert.True(TimeProvider.System.GetElapsedTime(began) < _patience, "waited in vain");
                await Task.Delay(TimeSpan.FromMilliseconds(1), TimeProvider.System);
            }
        }
    }
}
