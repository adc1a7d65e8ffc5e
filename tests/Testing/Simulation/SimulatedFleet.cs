using Orchestrator.Planning;

namespace Orchestrator.Testing.Simulation;

/// <summary>Thrown by the injected crash: the process "dies" between two side effects.</summary>
public sealed class CrashException : Exception;

/// <summary>All PMs, small enough to read: an observer and a target in memory.</summary>
public sealed class SimulatedFleet(string cluster) : IHostObserver, IStepTarget
{
    private int _applied;

    public Dictionary<string, SimulatedHost> Hosts { get; } = new(StringComparer.Ordinal);

    /// <summary>The crash comes before this many steps have been done.</summary>
    public int CrashBefore { get; set; } = int.MaxValue;

    /// <summary>Does every step twice.</summary>
    public bool Stutter { get; set; }

    public List<string> Log { get; } = [];

    /// <summary>Called after each change, as a libvirt event would be.</summary>
    public Action<string, Guid?>? Changed { get; set; }

    public SimulatedHost Add(string host)
    {
        var added = new SimulatedHost(host) { StorageActive = true, StorageMarked = true };
        Hosts.Add(host, added);
        return added;
    }

    public HostState State(string host) =>
        Hosts.TryGetValue(host, out var known) && known.Reachable ? new HostState.Up() : new HostState.Down($"{host} does not answer");

    public ValueTask<ObservedMachine> ObserveAsync(string host, MachineQuery query, bool fresh, CancellationToken stop)
    {
        var seen = Reach(host);
        var domain = seen.Domains.GetValueOrDefault(query.Id.Uid);
        var ready = seen is { StorageActive: true, StorageMarked: true };
        return ValueTask.FromResult(new ObservedMachine(
            domain is null ? null : new(domain.State, domain.Reason, MarkOf(domain), domain.Mark?.SpecHash, domain.Config, domain.Live),
            seen.Domains.Values.FirstOrDefault(other => other.Id.Uid != query.Id.Uid && other.Id.Name == query.Id.Name)?.Id.Uid,
            ready,
            ready && query.Volume is not null && seen.Volumes.TryGetValue(query.Volume, out var size) ? size : null,
            ready && query.BaseVolume is not null && seen.CompleteImages.Contains(query.BaseVolume),
            [.. Hosts.Values.Where(other => other.Name != host && other.Domains.GetValueOrDefault(query.Id.Uid) is { State: not DomainState.Off }).Select(other => other.Name)]));
    }

    public ValueTask<ObservedHost> ObserveHostAsync(string host, CancellationToken stop)
    {
        var seen = Reach(host);
        return ValueTask.FromResult(new ObservedHost(
            host, "x86_64", "simulated", seen.Capacity, new(), ["qemu"], "9.0.0", "QEMU 7.2.0",
            [.. seen.Domains.Values.Where(domain => domain.Mark is null).Select(domain => domain.Id.Name)],
            [.. seen.Domains.Values.Where(domain => domain.Mark?.Cluster == cluster).Select(domain => (domain.Id.Uid, domain.Id.Name))],
            new(seen.StorageActive, seen.StorageMarked)));
    }

    public ValueTask ApplyAsync(PrepareStorage step, CancellationToken stop) => Do(step, null, host =>
    {
        host.StorageActive = true;
        host.StorageMarked |= step.MayMark;
    });

    public ValueTask ApplyAsync(UploadImage step, CancellationToken stop) => Do(step, null, host => host.CompleteImages.Add(step.Image.Volume));

    public ValueTask ApplyAsync(CreateDisk step, CancellationToken stop) => Do(step, null, host =>
    {
        Require(step.Disk.Base is null || host.CompleteImages.Contains(step.Disk.Base.Volume), "the base image is not there");
        host.Volumes.TryAdd(step.Disk.Volume, step.Disk.SizeBytes);
    });

    public ValueTask ApplyAsync(GrowDisk step, CancellationToken stop) => Do(step, step.Domain, host =>
    {
        Require(host.Volumes.TryGetValue(step.Disk.Volume, out var size), "no such volume");
        host.Volumes[step.Disk.Volume] = Math.Max(size, step.Disk.SizeBytes);
    });

    public ValueTask ApplyAsync(RemoveDisk step, CancellationToken stop) => Do(step, step.Domain, host =>
    {
        Require(!host.Domains.ContainsKey(step.Domain.Uid), "a domain still has it");
        host.Volumes.Remove(step.Volume);
    });

    public ValueTask ApplyAsync(DefineDomain step, CancellationToken stop) => Do(step, step.Domain.Id, host =>
    {
        var spec = step.Domain;
        Require(host.Domains.Values.All(other => other.Id.Uid == spec.Id.Uid || other.Id.Name != spec.Id.Name), "the name is taken");
        var old = host.Domains.GetValueOrDefault(spec.Id.Uid);
        Require(old is null || MarkOf(old) is not MarkState.Foreign, "not ours");
        var config = new DomainConfig(spec.Cpu, spec.MaxCpu, spec.MemoryMiB, spec.MemoryMiB, spec.Disks);
        host.Domains[spec.Id.Uid] = old is null
            ? new(spec.Id, spec.Mark, config, null, DomainState.Off, StateReason.Unknown)
            : old with { Mark = spec.Mark, Config = config };
    });

    public ValueTask ApplyAsync(UndefineDomain step, CancellationToken stop) => DoOwned(step, step.Domain, (host, domain) =>
        host.Change(domain.Id.Uid, old => old.State is DomainState.Off ? null : old with { Config = null }));

    public ValueTask ApplyAsync(StartDomain step, CancellationToken stop) => Do(step, step.Domain, host =>
    {
        Require(host.Domains.TryGetValue(step.Domain.Uid, out var domain), "no such domain");
        if (domain!.State is DomainState.Off)
        {
            Require(domain.Config is not null && domain.Config.Disks.All(disk => host.Volumes.ContainsKey(Path.GetFileName(disk.Path))), "a disk is missing");
            host.Domains[step.Domain.Uid] = domain with { State = DomainState.Running, Reason = StateReason.Unknown, Live = domain.Config };
        }
    });

    public ValueTask ApplyAsync(ResumeDomain step, CancellationToken stop) => DoOwned(step, step.Domain, (host, domain) =>
        host.Change(domain.Id.Uid, old => old.State is DomainState.Paused ? old with { State = DomainState.Running } : old));

    public ValueTask ApplyAsync(RequestShutdown step, CancellationToken stop) => DoOwned(step, step.Domain, (host, domain) =>
    {
        if (domain.State is DomainState.Running && !host.Deaf.Contains(domain.Id.Uid))
        {
            host.End(domain.Id.Uid, StateReason.Shutdown);
        }
    });

    public ValueTask ApplyAsync(DestroyDomain step, CancellationToken stop) => DoOwned(step, step.Domain, (host, domain) =>
    {
        if (domain.State is not DomainState.Off)
        {
            host.End(domain.Id.Uid, StateReason.Destroyed);
        }
    });

    public ValueTask ApplyAsync(SetVcpus step, CancellationToken stop) => DoOwned(step, step.Domain, (host, domain) =>
        host.Change(domain.Id.Uid, old => old.Live is null ? old : old with { Live = old.Live with { Cpu = step.Cpu } }));

    public ValueTask ApplyAsync(SetMemory step, CancellationToken stop) => DoOwned(step, step.Domain, (host, domain) =>
        host.Change(domain.Id.Uid, old => old.Live is null || host.Deaf.Contains(old.Id.Uid) ? old : old with { Live = old.Live with { MemoryMiB = step.MemoryMiB } }));

    private static void Require(bool condition, string why)
    {
        if (!condition)
        {
            throw new StepException(why);
        }
    }

    private MarkState MarkOf(SimulatedDomain domain) =>
        domain.Mark is null ? MarkState.Missing : domain.Mark.Cluster == cluster ? MarkState.Ours : MarkState.Foreign;

    private SimulatedHost Reach(string host) =>
        Hosts.TryGetValue(host, out var known) && known.Reachable ? known : throw new IOException($"{host} does not answer");

    /// <summary>A step on a domain that must be ours; one that is gone is fine, it has nothing left to end.</summary>
    private ValueTask DoOwned(Step step, DomainId id, Action<SimulatedHost, SimulatedDomain> change) => Do(step, id, host =>
    {
        if (host.Domains.TryGetValue(id.Uid, out var domain))
        {
            Require(MarkOf(domain) is not MarkState.Foreign, "not ours");
            change(host, domain);
        }
    });

    private ValueTask Do(Step step, DomainId? domain, Action<SimulatedHost> change)
    {
        if (_applied++ >= CrashBefore)
        {
            throw new CrashException();
        }

        var host = Reach(step.Host);
        change(host);
        if (Stutter)
        {
            change(host);
        }

        Log.Add(step.Describe());
        Changed?.Invoke(step.Host, domain?.Uid);
        return ValueTask.CompletedTask;
    }
}
