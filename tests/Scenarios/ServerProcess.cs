using System.Runtime.CompilerServices;
using Microsoft.Extensions.Logging.Abstractions;
using Orchestrator.Drivers.Images;
using Orchestrator.Planning;
using Orchestrator.Reconciler;
using Orchestrator.Storage;
using Orchestrator.Testing.Simulation;

namespace Orchestrator.Scenarios;

/// <summary>One life of the server: the whole background loop, which can be killed between any two side effects.</summary>
public sealed class ServerProcess : IAsyncDisposable
{
    private readonly EventRecorder _events;
    private readonly SimulatedFleet _fleet;
    private volatile bool _dead;
    private int _effects;

    public ServerProcess(IObjectStore store, SimulatedFleet fleet, TimeProvider time, PlacementPolicies policies, string images)
    {
        _fleet = fleet;
        fleet.Before = (step, stop) =>
        {
            Effect();
            return Slow(step, stop);
        };
        var records = new Records(new MortalStore(store, this));
        _events = new(records, time, NullLogger<EventRecorder>.Instance);
        var runner = new StepRunner(fleet, _events, NullLogger<StepRunner>.Instance);
        Operator = new(
            records,
            fleet,
            new(records, fleet, fleet, runner, _events, time),
            new(records, new ImageLibrary(images, TimeSpan.FromMinutes(1), time), _events, time),
            new(records, fleet, runner, new(records, policies, _events, time), _events, time),
            time,
            NullLogger<Operator>.Instance);
    }

    public Operator Operator { get; }

    /// <summary>The death comes when this many steps and writes were done.</summary>
    public int DiesBefore { get; set; } = int.MaxValue;

    public int Effects => Volatile.Read(ref _effects);

    public bool Dead => _dead;

    /// <summary>Waited for before each step.</summary>
    public Func<Step, CancellationToken, Task> Slow { get; set; } = (_, _) => Task.CompletedTask;

    public async Task StartAsync()
    {
        await _events.StartAsync(default);
        await Operator.StartAsync(default);
    }

    /// <summary>Kills it: from this moment it has no effect on anything.</summary>
    public async ValueTask DisposeAsync()
    {
        _dead = true;
        await Operator.StopAsync(default);
        await _events.StopAsync(default);
        Operator.Dispose();
        _events.Dispose();
        _fleet.Forget();
    }

    private void Effect()
    {
        if (_dead || Interlocked.Increment(ref _effects) > DiesBefore)
        {
            _dead = true;
            throw new CrashException();
        }
    }

    /// <summary>The store as a process has it that may die.</summary>
    private sealed class MortalStore(IObjectStore store, ServerProcess process) : IObjectStore
    {
        public string ClusterId => store.ClusterId;

        public long Revision => store.Revision;

        public ValueTask<Entry?> GetAsync(string key, CancellationToken stop) => store.GetAsync(key, stop);

        public ValueTask<Listing> ListAsync(string prefix, int limit, string? continueAfter, CancellationToken stop) =>
            store.ListAsync(prefix, limit, continueAfter, stop);

        public Task<CommitResult> CommitAsync(Transaction transaction, CancellationToken stop)
        {
            process.Effect();
            return store.CommitAsync(transaction, stop);
        }

        public async IAsyncEnumerable<StoreEvent> WatchAsync(string prefix, long afterRevision, [EnumeratorCancellation] CancellationToken stop)
        {
            await foreach (var change in store.WatchAsync(prefix, afterRevision, stop))
            {
                yield return change;
            }
        }

        public Task CompactAsync(long revision, CancellationToken stop) => store.CompactAsync(revision, stop);

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}
