namespace Orchestrator.Reconciler;

/// <summary>
/// Keys waiting to be handled. A key is never handled twice at once; adding it while it is being handled makes it run once more
/// afterwards; adding it many times makes it run once. Keys share lanes (one per PM), and a lane has a fixed number of places,
/// so that a slow or dead PM holds up nobody else.
/// </summary>
/// <param name="time">The clock for delays.</param>
/// <param name="backOff">The delay after so many failures in a row.</param>
/// <param name="laneOf">The lane of a key, asked each time the key becomes ready.</param>
/// <param name="places">How many keys of one lane are handled at once.</param>
/// <param name="handle">Gets the key and how often in a row it has failed. Its exceptions count as failures; it reports them itself.</param>
public sealed class WorkQueue<TKey>(
    TimeProvider time,
    Func<int, TimeSpan> backOff,
    Func<TKey, string> laneOf,
    Func<string, int> places,
    Func<TKey, int, CancellationToken, ValueTask<Verdict>> handle) : IAsyncDisposable
    where TKey : notnull
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, Lane> _lanes = new(StringComparer.Ordinal);
    private readonly HashSet<TKey> _dirty = [];
    private readonly HashSet<TKey> _running = [];
    private readonly Dictionary<TKey, int> _failures = [];
    private readonly Dictionary<TKey, ITimer> _later = [];
    private readonly HashSet<Task> _work = [];
    private readonly CancellationTokenSource _stop = new();

    /// <summary>Keys that wait for a place or are being handled; not those left alone until later.</summary>
    public int Pending
    {
        get
        {
            lock (_gate)
            {
                return _dirty.Count + _running.Count;
            }
        }
    }

    public void Add(TKey key)
    {
        lock (_gate)
        {
            if (_stop.IsCancellationRequested)
            {
                return;
            }

            if (_later.Remove(key, out var timer))
            {
                timer.Dispose();
            }

            if (_dirty.Add(key) && !_running.Contains(key))
            {
                Ready_NeedsLock(key);
            }
        }
    }

    /// <summary>Takes no more keys, cancels the handlers and waits for them to end.</summary>
    public async ValueTask DisposeAsync()
    {
        Task[] work;
        lock (_gate)
        {
            if (_stop.IsCancellationRequested)
            {
                return;
            }

            _stop.Cancel();
            foreach (var timer in _later.Values)
            {
                timer.Dispose();
            }

            _later.Clear();
            _lanes.Clear();
            work = [.. _work];
        }

        await Task.WhenAll(work).ConfigureAwait(false);
        _stop.Dispose();
    }

    private void Ready_NeedsLock(TKey key)
    {
        var name = laneOf(key);
        if (!_lanes.TryGetValue(name, out var lane))
        {
            _lanes.Add(name, lane = new(places(name)));
        }

        lane.Waiting.Enqueue(key);
        Fill_NeedsLock(lane);
    }

    private void Fill_NeedsLock(Lane lane)
    {
        while (lane.Free > 0 && lane.Waiting.TryDequeue(out var key))
        {
            lane.Free--;
            _dirty.Remove(key);
            _running.Add(key);
            var failures = _failures.GetValueOrDefault(key);
            var work = new Task<Task>(() => WorkAsync(lane, key, failures));
            var whole = work.Unwrap();
            _work.Add(whole);
            _ = whole.ContinueWith(Forget, CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
            work.Start(TaskScheduler.Default);
        }
    }

    private void Forget(Task work)
    {
        lock (_gate)
        {
            _work.Remove(work);
        }
    }

    private async Task WorkAsync(Lane lane, TKey key, int failures)
    {
        var verdict = Verdict.Retry;
        try
        {
            verdict = await handle(key, failures, _stop.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (_stop.IsCancellationRequested)
        {
            verdict = Verdict.Settled;
        }
        catch (Exception)
        {
            // The handler reports its own failures; here they only cost the key its place.
            verdict = Verdict.Retry;
        }
        finally
        {
            End(lane, key, verdict);
        }
    }

    private void End(Lane lane, TKey key, Verdict verdict)
    {
        lock (_gate)
        {
            lane.Free++;
            _running.Remove(key);
            if (_stop.IsCancellationRequested)
            {
                return;
            }

            var failures = verdict.Failed ? _failures.GetValueOrDefault(key) + 1 : 0;
            if (failures == 0)
            {
                _failures.Remove(key);
            }
            else
            {
                _failures[key] = failures;
            }

            var after = verdict.Failed ? backOff(failures) : verdict.After;
            if (after == TimeSpan.Zero)
            {
                _dirty.Add(key);
            }

            if (_dirty.Contains(key))
            {
                Ready_NeedsLock(key);
            }
            else if (after is { } delay)
            {
                _later[key] = time.CreateTimer(static state => ((Action)state!)(), () => Add(key), delay, Timeout.InfiniteTimeSpan);
            }

            Fill_NeedsLock(lane);
        }
    }

    private sealed class Lane(int places)
    {
        public int Free { get; set; } = places;

        public Queue<TKey> Waiting { get; } = [];
    }
}
