using Orchestrator.Model;
using Orchestrator.Planning;

namespace Orchestrator.Testing.Simulation;

/// <summary>Thrown by the injected crash: the process "dies" between two side effects.</summary>
public sealed class CrashException : Exception;

/// <summary>
/// All PMs, small enough to read: connector, observer and target in memory. As with real sessions, what was seen of a domain is believed
/// until an event, a sweep or a step of our own says that it changed.
/// </summary>
public sealed partial class SimulatedFleet(string cluster) : IHostObserver, IHostConnector, IStepTarget
{
    private readonly Dictionary<string, Dictionary<Guid, SimulatedDomain>> _seen = new(StringComparer.Ordinal);
    private int _applied;
    private Action<string, Guid?> _changed = (_, _) => { };

    /// <summary>Guards hosts and log: controllers work in parallel.</summary>
    public Lock Gate { get; } = new();

    public Dictionary<string, SimulatedHost> Hosts { get; } = new(StringComparer.Ordinal);

    /// <summary>The crash comes before this many steps have been done.</summary>
    public int CrashBefore { get; set; } = int.MaxValue;

    /// <summary>Does every step twice.</summary>
    public bool Stutter { get; set; }

    /// <summary>The steps done, in order.</summary>
    public List<string> Log { get; } = [];

    /// <summary>False loses every event, as a bad day would.</summary>
    public bool TellsOfChanges { get; set; } = true;

    /// <summary>Waited for before each step: a slow PM, or one that never answers; it may throw.</summary>
    public Func<Step, CancellationToken, Task> Before { get; set; } = (_, _) => Task.CompletedTask;

    /// <summary>Called, under the gate, after each step and each disturbance: invariants go here.</summary>
    public Action<Step?> Watch { get; set; } = _ => { };

    public SimulatedHost Add(string host, Resources? capacity = null, bool prepared = true)
    {
        var added = new SimulatedHost(host) { StorageActive = prepared, StorageMarked = prepared };
        if (capacity is not null)
        {
            added.Capacity = capacity;
        }

        Hosts.Add(host, added);
        return added;
    }

    /// <summary>The process that was connected is gone, with all it had seen; another may connect.</summary>
    public void Forget()
    {
        lock (Gate)
        {
            _changed = (_, _) => { };
            _seen.Clear();
        }
    }

    public void Subscribe(Action<string, Guid?> changed) => _changed += changed;

    public void Connect(string host, PhysicalMachineSpec spec)
    {
        lock (Gate)
        {
            if (_seen.ContainsKey(host) || !Hosts.TryGetValue(host, out var known) || !known.Reachable)
            {
                return;
            }

            _seen[host] = new(known.Domains);
        }

        _changed(host, null);
    }

    public void Disconnect(string host)
    {
        lock (Gate)
        {
            _seen.Remove(host);
        }
    }

    public ValueTask SweepAsync(string host, bool deep, CancellationToken stop)
    {
        List<Guid> changed;
        lock (Gate)
        {
            var (now, seen) = (Reach(host).Domains, _seen[host]);
            changed = [.. now.Keys.Union(seen.Keys).Where(uid => deep
                || now.GetValueOrDefault(uid) is var there && seen.GetValueOrDefault(uid) is var was && (there?.State, there?.Reason) != (was?.State, was?.Reason))];
            foreach (var uid in changed)
            {
                See(host, uid);
            }
        }

        changed.ForEach(uid => _changed(host, uid));
        return ValueTask.CompletedTask;
    }

    /// <summary>Disturbs a PM from outside, and tells of it unless events are lost.</summary>
    public void Disturb(string host, Guid domain, Action<SimulatedHost> change)
    {
        lock (Gate)
        {
            change(Hosts[host]);
            Watch(null);
            if (!TellsOfChanges || !Hosts[host].Reachable)
            {
                return;
            }

            See(host, domain);
        }

        _changed(host, domain);
    }

    /// <summary>Nothing reaches the PM any more; the connection notices.</summary>
    public void CutOff(string host)
    {
        lock (Gate)
        {
            Hosts[host].Reachable = false;
            _seen.Remove(host);
        }

        _changed(host, null);
    }

    /// <summary>The PM can be reached again; the session connects and lists what is there.</summary>
    public void Return(string host)
    {
        lock (Gate)
        {
            Hosts[host].Reachable = true;
        }

        Connect(host, new() { Uri = "" });
    }

    public HostState State(string host)
    {
        lock (Gate)
        {
            return !Hosts.TryGetValue(host, out var known) || !known.Reachable ? new HostState.Down($"{host} does not answer")
                : _seen.ContainsKey(host) ? new HostState.Up() : new HostState.Connecting();
        }
    }

    public ValueTask<ObservedMachine> ObserveAsync(string host, MachineQuery query, bool fresh, CancellationToken stop)
    {
        lock (Gate)
        {
            var there = Reach(host);
            if (fresh)
            {
                See(host, query.Id.Uid);
            }

            var domain = Seen(there).GetValueOrDefault(query.Id.Uid);
            var ready = there is { StorageActive: true, StorageMarked: true };
            return ValueTask.FromResult(new ObservedMachine(
                domain is null ? null : new(domain.State, domain.Reason, MarkOf(domain), domain.Mark?.SpecHash, domain.Config, domain.Live),
                domain is null ? there.Domains.Values.FirstOrDefault(other => other.Id.Uid != query.Id.Uid && other.Id.Name == query.Id.Name)?.Id.Uid : null,
                ready,
                ready && query.Volume is not null && there.Volumes.TryGetValue(query.Volume, out var size) ? size : null,
                ready && query.BaseVolume is not null && there.CompleteImages.Contains(query.BaseVolume),
                [.. Hosts.Values.Where(other => other.Name != host && Seen(other).GetValueOrDefault(query.Id.Uid) is { State: not DomainState.Off }).Select(other => other.Name)]));
        }
    }

    public ValueTask<ObservedHost> ObserveHostAsync(string host, CancellationToken stop)
    {
        lock (Gate)
        {
            var there = Reach(host);
            var foreign = there.Domains.Values.Where(domain => domain.Mark?.Cluster != cluster).ToList();
            return ValueTask.FromResult(new ObservedHost(
                host, "x86_64", "simulated", there.Capacity,
                foreign.Aggregate(new Resources(), (sum, domain) => domain.Live is { } live ? sum + new Resources { Cpu = live.Cpu, MemoryMiB = live.MaxMemoryMiB } : sum),
                ["qemu"], "9.0.0", "QEMU 7.2.0",
                [.. foreign.Select(domain => domain.Id.Name)],
                [.. there.Domains.Values.Where(domain => domain.Mark?.Cluster == cluster).Select(domain => (domain.Id.Uid, domain.Id.Name))],
                new(there.StorageActive, there.StorageMarked)));
        }
    }

    private MarkState MarkOf(SimulatedDomain domain) =>
        domain.Mark is null ? MarkState.Missing : domain.Mark.Cluster == cluster ? MarkState.Ours : MarkState.Foreign;

    private SimulatedHost Reach(string host) =>
        Hosts.TryGetValue(host, out var known) && known.Reachable ? known : throw new IOException($"{host} does not answer");

    /// <summary>What is believed to be on a PM: nothing while it is not connected, the truth when nobody ever connects.</summary>
    private Dictionary<Guid, SimulatedDomain> Seen(SimulatedHost host) =>
        _seen.Count == 0 ? host.Domains : _seen.GetValueOrDefault(host.Name) ?? [];

    private void See(string host, Guid uid)
    {
        if (!_seen.TryGetValue(host, out var seen))
        {
            return;
        }

        if (Hosts[host].Domains.TryGetValue(uid, out var domain))
        {
            seen[uid] = domain;
        }
        else
        {
            seen.Remove(uid);
        }
    }
}
