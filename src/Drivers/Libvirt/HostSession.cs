using Microsoft.Extensions.Logging;
using Orchestrator.Libvirt;
using Orchestrator.Planning;

namespace Orchestrator.Drivers.Libvirt;

/// <summary>
/// One PM: keeps a connection to it for as long as the session lives, and knows its domains. Connecting, losing the connection and
/// connecting again are all the same loop: connect, list everything, follow the events.
/// </summary>
internal sealed partial class HostSession : IAsyncDisposable
{
    private readonly string _uri;
    private readonly HostSessionOptions _options;
    private readonly TimeProvider _time;
    private readonly ILogger _log;
    private readonly Action<string, Guid?> _changed;
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _running;
    private volatile HostLink? _link;
    private volatile string? _why;

    public HostSession(
        string name, string uri, string storagePath, HostSessionOptions options, TimeProvider time, ILogger log, Action<string, Guid?> changed)
    {
        (Name, _uri, StoragePath, _options, _time, _log, _changed) = (name, uri, storagePath, options, time, log, changed);
        Storage = new(this, options.Cluster, log);
        _running = Task.Run(RunAsync);
    }

    public string Name { get; }

    public string Uri => _uri;

    public string StoragePath { get; }

    public string Cluster => _options.Cluster;

    public DomainMirror Domains { get; } = new();

    public HostStorage Storage { get; }

    public HostState State => _link switch
    {
        null => _why is { } why ? new HostState.Down(why) : new HostState.Connecting(),
        { Control.Failure: { } failure } => new HostState.Down(failure.Message),
        _ => new HostState.Up(),
    };

    /// <summary>What the PM is, found out once per connection.</summary>
    public HostIdentity? Identity { get; set; }

    /// <summary>The live connections.</summary>
    /// <exception cref="IOException">There is none.</exception>
    public HostLink Link => _link ?? throw new IOException($"{Name} is not connected: {_why ?? "not yet"}");

    /// <summary>One call that tells the state of every domain; tells subscribers what differs from what was known.</summary>
    public async ValueTask SweepAsync(bool deep, CancellationToken stop)
    {
        var link = Link;
        if (!HostLink.Works(link.Control))
        {
            // Every slot is held by a call that was given up: only another connection helps. Losing this one opens it.
            await link.Control.DisposeAsync().ConfigureAwait(false);
            return;
        }

        var changed = await ListAsync(link, deep, stop).ConfigureAwait(false);
        if (deep)
        {
            Storage.Forget();
        }

        foreach (var uid in changed)
        {
            _changed(Name, uid);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync().ConfigureAwait(false);
        await _running.ConfigureAwait(false);
        _stop.Dispose();
    }

    private async Task RunAsync()
    {
        var wait = _options.FirstRetry;
        while (!_stop.IsCancellationRequested)
        {
            try
            {
                var link = await ConnectAsync().ConfigureAwait(false);
                await using (link.ConfigureAwait(false))
                {
                    wait = _options.FirstRetry;
                    Log.Connected(_log, Name, _uri);
                    _changed(Name, null);
                    await FollowAsync(link).ConfigureAwait(false);
                    _why = link.Control.Failure?.Message ?? "the connection ended";
                }
            }
            catch (OperationCanceledException) when (_stop.IsCancellationRequested)
            {
                _link = null;
                return;
            }
            catch (Exception failure) when (failure is LibvirtException or IOException or ArgumentException or FormatException)
            {
                _why = failure.Message;
            }

            _link = null;
            Identity = null;
            Log.Down(_log, Name, _why);
            _changed(Name, null);
            try
            {
                await Task.Delay(wait, _time, _stop.Token).ConfigureAwait(false);
            }
            catch (OperationCanceledException)
            {
                return;
            }

            wait = TimeSpan.FromTicks(Math.Min(wait.Ticks * 2, _options.LastRetry.Ticks));
        }
    }

    private async Task<HostLink> ConnectAsync()
    {
        var host = await LibvirtHost.ConnectAsync(LibvirtUri.Parse(_uri), _options.Libvirt, _time, _stop.Token).ConfigureAwait(false);
        try
        {
            var control = await host.OpenAsync(_stop.Token).ConfigureAwait(false);
            if (_options.Events)
            {
                // Before the list, so that nothing falls between the two.
                await control.SubscribeAsync(LibvirtEventKinds.DomainLifecycle | LibvirtEventKinds.DomainMetadata | LibvirtEventKinds.DomainDeviceRemoved | LibvirtEventKinds.DomainDeviceAdded, _stop.Token).ConfigureAwait(false);
            }

            var link = new HostLink(host, control);
            await ListAsync(link, forget: true, _stop.Token).ConfigureAwait(false);
            Storage.Forget();
            _link = link;
            return link;
        }
        catch
        {
            await host.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    private async ValueTask<IReadOnlyList<Guid>> ListAsync(HostLink link, bool forget, CancellationToken stop)
    {
        var statistics = await link.Control.GetStatisticsAsync(DomainStatisticsGroups.State, DomainStatisticsFlags.NoWait, stop).ConfigureAwait(false);
        return Domains.Replace(
            [.. statistics.Select(one => (one.Domain, ((int)(one.Parameters.Int64("state.state") ?? 0), (int)(one.Parameters.Int64("state.reason") ?? 0))))], forget);
    }

    /// <summary>Passes events on until the connection ends.</summary>
    private async Task FollowAsync(HostLink link)
    {
        if (!_options.Events)
        {
            await link.Control.Closed.WaitAsync(_stop.Token).ConfigureAwait(false);
            return;
        }

        await foreach (var happened in link.Control.ReadEventsAsync(_stop.Token).ConfigureAwait(false))
        {
            switch (happened)
            {
                case EventsLost:
                    await SweepAsync(deep: true, _stop.Token).ConfigureAwait(false);
                    break;
                case DomainEvent { Domain: var domain }:
                    Domains.Touch(domain);
                    _changed(Name, domain.Uuid);
                    break;
            }
        }
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Information, "{Host} connected ({Uri})")]
        public static partial void Connected(ILogger logger, string host, string uri);

        [LoggerMessage(2, LogLevel.Warning, "{Host} is down: {Why}; connecting again")]
        public static partial void Down(ILogger logger, string host, string why);
    }
}
