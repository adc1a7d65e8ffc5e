using Orchestrator.Planning;

namespace Orchestrator.Testing.Simulation;

/// <content>What steps do.</content>
public sealed partial class SimulatedFleet
{
    public ValueTask ApplyAsync(PrepareStorage step, CancellationToken stop) => Do(step, null, host =>
    {
        host.StorageActive = true;
        host.StorageMarked |= step.MayMark;
    }, stop);

    public ValueTask ApplyAsync(UploadImage step, CancellationToken stop) => Do(step, null, host => host.CompleteImages.Add(step.Image.Volume), stop);

    public ValueTask ApplyAsync(CreateDisk step, CancellationToken stop) => Do(step, null, host =>
    {
        Require(step.Disk.Base is null || host.CompleteImages.Contains(step.Disk.Base.Volume), "the base image is not there");
        host.Volumes.TryAdd(step.Disk.Volume, step.Disk.SizeBytes);
    }, stop);

    public ValueTask ApplyAsync(GrowDisk step, CancellationToken stop) => Do(step, step.Domain.Uid, host =>
    {
        Require(host.Volumes.TryGetValue(step.Disk.Volume, out var size), "no such volume");
        host.Volumes[step.Disk.Volume] = Math.Max(size, step.Disk.SizeBytes);
    }, stop);

    public ValueTask ApplyAsync(RemoveDisk step, CancellationToken stop) => Do(step, step.Domain.Uid, host =>
    {
        Require(!host.Domains.ContainsKey(step.Domain.Uid), "a domain still has it");
        host.Volumes.Remove(step.Volume);
    }, stop);

    public ValueTask ApplyAsync(DefineDomain step, CancellationToken stop) => Do(step, step.Domain.Id.Uid, host =>
    {
        var spec = step.Domain;
        Require(host.Domains.Values.All(other => other.Id.Uid == spec.Id.Uid || other.Id.Name != spec.Id.Name), "the name is taken");
        var old = host.Domains.GetValueOrDefault(spec.Id.Uid);
        Require(old is null || MarkOf(old) is not MarkState.Foreign, "not ours");
        var config = new DomainConfig(spec.Cpu, spec.MaxCpu, spec.MemoryMiB, spec.MemoryMiB, spec.Disks);
        host.Domains[spec.Id.Uid] = old is null
            ? new(spec.Id, spec.Mark, config, null, DomainState.Off, StateReason.Unknown)
            : old with { Mark = spec.Mark, Config = config };
    }, stop);

    public ValueTask ApplyAsync(UndefineDomain step, CancellationToken stop) => DoOwned(step, step.Domain, (host, domain) =>
        host.Undefine(domain.Id.Uid), stop);

    public ValueTask ApplyAsync(StartDomain step, CancellationToken stop) => Do(step, step.Domain.Uid, host =>
    {
        Require(host.Domains.TryGetValue(step.Domain.Uid, out var domain), "no such domain");
        Require(MarkOf(domain!) is not MarkState.Foreign, "not ours");
        if (domain!.State is DomainState.Off)
        {
            Require(domain.Config is not null && domain.Config.Disks.All(disk => host.Volumes.ContainsKey(Path.GetFileName(disk.Path))), "a disk is missing");
            host.Domains[step.Domain.Uid] = domain with { State = DomainState.Running, Reason = StateReason.Unknown, Live = domain.Config };
        }
    }, stop);

    public ValueTask ApplyAsync(ResumeDomain step, CancellationToken stop) => DoOwned(step, step.Domain, (host, domain) =>
        host.Change(domain.Id.Uid, old => old.State is DomainState.Paused ? old with { State = DomainState.Running } : old), stop);

    public ValueTask ApplyAsync(RequestShutdown step, CancellationToken stop) => DoOwned(step, step.Domain, (host, domain) =>
    {
        if (domain.State is DomainState.Running && !host.IsDeaf(domain.Id.Uid))
        {
            host.End(domain.Id.Uid, StateReason.Shutdown);
        }
    }, stop);

    public ValueTask ApplyAsync(DestroyDomain step, CancellationToken stop) => DoOwned(step, step.Domain, (host, domain) =>
    {
        if (domain.State is not DomainState.Off)
        {
            host.End(domain.Id.Uid, StateReason.Destroyed);
        }
    }, stop);

    public ValueTask ApplyAsync(SetVcpus step, CancellationToken stop) => DoOwned(step, step.Domain, (host, domain) =>
        host.Change(domain.Id.Uid, old => old.Live is null ? old : old with { Live = old.Live with { Cpu = step.Cpu } }), stop);

    public ValueTask ApplyAsync(SetMemory step, CancellationToken stop) => DoOwned(step, step.Domain, (host, domain) =>
        host.Change(domain.Id.Uid, old => old.Live is null || host.IsDeaf(old.Id.Uid) ? old : old with { Live = old.Live with { MemoryMiB = step.MemoryMiB } }), stop);

    private static void Require(bool condition, string why)
    {
        if (!condition)
        {
            throw new StepException(why);
        }
    }

    /// <summary>A step on a domain that must be ours; one that is gone is fine, it has nothing left to end.</summary>
    private ValueTask DoOwned(Step step, DomainId id, Action<SimulatedHost, SimulatedDomain> change, CancellationToken stop) => Do(step, id.Uid, host =>
    {
        if (host.Domains.TryGetValue(id.Uid, out var domain))
        {
            Require(MarkOf(domain) is not MarkState.Foreign, "not ours");
            change(host, domain);
        }
    }, stop);

    private async ValueTask Do(Step step, Guid? domain, Action<SimulatedHost> change, CancellationToken stop)
    {
        await Before(step, stop);
        lock (Gate)
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
            Watch(step);
            if (domain is { } touched)
            {
                See(step.Host, touched);
            }
        }

        if (TellsOfChanges && domain is { } told)
        {
            _changed(step.Host, told);
        }
    }
}
