using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using Orchestrator.Model;
using Orchestrator.Planning;

namespace Orchestrator.Drivers.Libvirt;

/// <summary>The sessions with all PMs, by name.</summary>
public sealed class HostSessions(HostSessionOptions options, TimeProvider time, ILoggerFactory logs) : IHostConnector, IAsyncDisposable
{
    private readonly ConcurrentDictionary<string, HostSession> _sessions = new(StringComparer.Ordinal);
    private readonly Lock _gate = new();
    private readonly ILogger _log = logs.CreateLogger<HostSessions>();
    private Action<string, Guid?> _changed = (_, _) => { };

    internal IEnumerable<HostSession> All => _sessions.Values;

    public void Subscribe(Action<string, Guid?> changed)
    {
        lock (_gate)
        {
            _changed += changed;
        }
    }

    public void Connect(string host, PhysicalMachineSpec spec)
    {
        lock (_gate)
        {
            if (_sessions.TryGetValue(host, out var known))
            {
                if (known.Uri == spec.Uri && known.StoragePath == spec.StoragePath)
                {
                    return;
                }

                _ = known.DisposeAsync().AsTask();
            }

            _sessions[host] = new(host, spec.Uri, spec.StoragePath, options, time, _log, (name, domain) => _changed(name, domain));
        }
    }

    public void Disconnect(string host)
    {
        if (_sessions.TryRemove(host, out var session))
        {
            _ = session.DisposeAsync().AsTask();
        }
    }

    public ValueTask SweepAsync(string host, bool deep, CancellationToken stop) => Get(host).SweepAsync(deep, stop);

    public async ValueTask DisposeAsync()
    {
        List<HostSession> ending;
        lock (_gate)
        {
            ending = [.. _sessions.Values];
            _sessions.Clear();
        }

        await Task.WhenAll(ending.Select(session => session.DisposeAsync().AsTask())).ConfigureAwait(false);
    }

    internal HostSession? Find(string host) => _sessions.GetValueOrDefault(host);

    /// <exception cref="IOException">The PM is not known.</exception>
    internal HostSession Get(string host) => Find(host) ?? throw new IOException($"{host} is not connected");
}
