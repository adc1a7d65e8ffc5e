using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Orchestrator.Model;
using Orchestrator.Planning;
using Orchestrator.Storage;

namespace Orchestrator.Reconciler;

/// <summary>
/// The background loop: turns every hint that something may have changed (a stored object, a libvirt event, a schedule) into a key in a
/// queue, and lets the controllers look. Hints carry nothing else, so that lost, doubled and reordered ones cost nothing.
/// </summary>
public sealed partial class Operator : BackgroundService
{
    private const int PlacesPerHost = 8;
    private readonly Records _records;
    private readonly IHostConnector _connector;
    private readonly TimeProvider _time;
    private readonly ILogger<Operator> _log;
    private readonly VmIndex _index = new();
    private readonly Action<Image> _forget;
    private readonly WorkQueue<string> _machines;
    private readonly WorkQueue<string> _images;
    private readonly WorkQueue<string> _vms;
    private readonly WorkQueue<(string Host, bool Deep)> _sweeps;

    public Operator(
        Records records,
        IHostConnector connector,
        PhysicalMachineController machines,
        ImageController images,
        VirtualMachineController vms,
        TimeProvider time,
        ILogger<Operator> log)
    {
        (_records, _connector, _forget, _time, _log) = (records, connector, images.Forget, time, log);
        _machines = new(time, BackOff.Exponential, name => name, _ => 1, (name, failures, stop) => Guard(name, machines.ReconcileAsync, failures, stop));
        _images = new(time, BackOff.Exponential, name => name, _ => 1, (name, failures, stop) => Guard(name, images.ReconcileAsync, failures, stop));

        // VMs without a PM share one lane with one place: the scheduler gives away room one VM at a time.
        _vms = new(time, BackOff.Exponential, _index.HostOf, lane => lane.Length == 0 ? 1 : PlacesPerHost, (key, failures, stop) => Guard(key, vms.ReconcileAsync, failures, stop));
        _sweeps = new(time, BackOff.Exponential, sweep => sweep.Host, _ => 1, SweepAsync);
    }

    /// <summary>Keys of all kinds that wait or are being handled: 0 when all that is known was looked at.</summary>
    public int Pending => _machines.Pending + _images.Pending + _vms.Pending + _sweeps.Pending;

    /// <summary>Looks at every PM's domains: lightly (one call) or deeply (definitions and disk files too).</summary>
    public async ValueTask SweepAllAsync(bool deep, CancellationToken stop)
    {
        foreach (var machine in (await _records.PhysicalMachines.ListAsync("", stop).ConfigureAwait(false)).Items)
        {
            _sweeps.Add((machine.Metadata.Name, deep));
        }

        AddVms(vm => vm.Status.Host is null);
    }

    /// <summary>Looks at every PM and image itself: what they have, how they are.</summary>
    public async ValueTask LookAtAllAsync(CancellationToken stop)
    {
        foreach (var machine in (await _records.PhysicalMachines.ListAsync("", stop).ConfigureAwait(false)).Items)
        {
            _machines.Add(machine.Metadata.Name);
        }

        foreach (var image in (await _records.Images.ListAsync("", stop).ConfigureAwait(false)).Items)
        {
            _images.Add(image.Metadata.Name);
        }
    }

    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken).ConfigureAwait(false);
        await _sweeps.DisposeAsync().ConfigureAwait(false);
        await _vms.DisposeAsync().ConfigureAwait(false);
        await _images.DisposeAsync().ConfigureAwait(false);
        await _machines.DisposeAsync().ConfigureAwait(false);
    }

    protected override Task ExecuteAsync(CancellationToken stoppingToken)
    {
        _connector.Subscribe(OnHostChanged);
        return Task.WhenAll(
            FollowAsync(_records.VirtualMachines, OnVm, stoppingToken),
            FollowAsync(_records.PhysicalMachines, OnMachine, stoppingToken),
            FollowAsync(_records.InstanceTypes, (_, type) => AddVms(vm => vm.Spec.InstanceType == (type.New ?? type.Old)!.Metadata.Name), stoppingToken),
            FollowAsync(_records.Images, OnImage, stoppingToken));
    }

    /// <summary>Tells of every object that is there, then of every change, for ever.</summary>
    private async Task FollowAsync<T>(Collection<T> collection, Action<string, (T? Old, T? New)> tell, CancellationToken stop)
        where T : Resource
    {
        while (!stop.IsCancellationRequested)
        {
            try
            {
                var page = await collection.ListAsync("", stop).ConfigureAwait(false);
                foreach (var item in page.Items)
                {
                    tell(item.Metadata.FullName, (null, item));
                }

                await foreach (var change in collection.WatchAsync("", page.Revision, stop).ConfigureAwait(false))
                {
                    tell(change.Key, change.Type is StoreEventType.Put ? (change.Previous, change.Value) : (change.Value, null));
                }
            }
            catch (OperationCanceledException) when (stop.IsCancellationRequested)
            {
                return;
            }
            catch (Exception lost) when (lost is RevisionCompactedException or WatcherTooSlowException)
            {
                Log.ListingAgain(_log, typeof(T).Name, lost.Message);
            }
        }
    }

    private void OnVm(string key, (VirtualMachine? Old, VirtualMachine? New) change)
    {
        if (change.New is not { } vm)
        {
            _index.Remove(key, change.Old!);
            _vms.Add(key);
            AddVms(waiting => waiting.Status.Host is null);
            if (change.Old!.Status.Host is { } left)
            {
                _machines.Add(left);
            }

            return;
        }

        _index.Set(key, vm);
        if (change.Old is not { } old || !old.SameSpec(vm) || old.Metadata.Deleting != vm.Metadata.Deleting || old.Status.Host != vm.Status.Host
            || old.Metadata.DeletionGracePeriodSeconds != vm.Metadata.DeletionGracePeriodSeconds || old.Metadata.Finalizers != vm.Metadata.Finalizers)
        {
            _vms.Add(key);
        }
    }

    private void OnMachine(string name, (PhysicalMachine? Old, PhysicalMachine? New) change)
    {
        if (change is not { Old: { } old, New: { } now } || !old.SameSpec(now) || old.Metadata.Deleting != now.Metadata.Deleting)
        {
            _machines.Add(name);
        }

        if (change.Old?.Status.Phase != change.New?.Status.Phase || change.Old?.Status.StoragePrepared != change.New?.Status.StoragePrepared
            || change.Old?.Spec != change.New?.Spec)
        {
            AddVms(vm => vm.Status.Host == name);
        }

        if (change.Old is null || change.New is null || change.Old.Spec != change.New.Spec || change.Old.Metadata.Labels != change.New.Metadata.Labels
            || change.Old.Status.Phase != change.New.Status.Phase || change.Old.Status.Capacity != change.New.Status.Capacity || change.Old.Status.Foreign != change.New.Status.Foreign)
        {
            AddVms(vm => vm.Status.Host is null);
        }
    }

    private void OnImage(string name, (Image? Old, Image? New) change)
    {
        if (change is not { Old: { } old, New: { } now } || !old.SameSpec(now))
        {
            _images.Add(name);
        }

        if (change is { Old: { } gone, New: null })
        {
            _forget(gone);
        }

        AddVms(vm => vm.Spec.Image == name);
    }

    private void OnHostChanged(string host, Guid? domain)
    {
        if (domain is { } uid)
        {
            if (_index.KeyOf(uid) is { } key)
            {
                _vms.Add(key);
            }
        }
        else
        {
            _machines.Add(host);
            AddVms(vm => vm.Status.Host == host);
        }
    }

    private void AddVms(Func<VirtualMachine, bool> wanted)
    {
        foreach (var key in _index.KeysWhere(wanted))
        {
            _vms.Add(key);
        }
    }

    private async ValueTask<Verdict> SweepAsync((string Host, bool Deep) sweep, int failures, CancellationToken stop)
    {
        try
        {
            await _connector.SweepAsync(sweep.Host, sweep.Deep, stop).ConfigureAwait(false);
        }
        catch (Exception failure) when (!stop.IsCancellationRequested)
        {
            // A host that cannot be looked at is its session's business; the next schedule tries again.
            Log.SweepFailed(_log, sweep.Host, failure.Message);
        }

        return Verdict.Settled;
    }

    /// <summary>What no controller expected is logged with its key and tried again.</summary>
    private async ValueTask<Verdict> Guard(string key, Func<string, int, CancellationToken, ValueTask<Verdict>> reconcile, int failures, CancellationToken stop)
    {
        var began = _time.GetTimestamp();
        try
        {
            return await reconcile(key, failures, stop).ConfigureAwait(false);
        }
        catch (Exception failure) when (!stop.IsCancellationRequested)
        {
            Log.Failed(_log, key, failures + 1, _time.GetElapsedTime(began).TotalMilliseconds, failure);
            return Verdict.Retry;
        }
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Information, "Listing all {Kind} again: {Reason}")]
        public static partial void ListingAgain(ILogger logger, string kind, string reason);

        [LoggerMessage(2, LogLevel.Warning, "Reconciling {Key} failed, try {Attempt}, after {Milliseconds} ms; it is tried again")]
        public static partial void Failed(ILogger logger, string key, int attempt, double milliseconds, Exception failure);

        [LoggerMessage(3, LogLevel.Debug, "{Host} could not be swept: {Reason}")]
        public static partial void SweepFailed(ILogger logger, string host, string reason);
    }
}
