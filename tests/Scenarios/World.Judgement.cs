using System.Collections.Concurrent;
using Orchestrator.Model;
using Orchestrator.Planning;
using Orchestrator.Testing.Simulation;
using static System.FormattableString;

namespace Orchestrator.Scenarios;

/// <content>Waiting for what should come about, and judging what is.</content>
public sealed partial class World
{
    private readonly ConcurrentDictionary<Guid, bool> _deletedByUser = [];
    private readonly ConcurrentQueue<string> _violations = [];
    private readonly ConcurrentDictionary<(string Host, Guid Uid), SimulatedDomain> _foreign = [];

    /// <summary>A domain that is not ours.</summary>
    public void AddForeign(string host, string name, Guid? uid = null)
    {
        var config = new DomainConfig(1, 1, 64, 64, []);
        var domain = new SimulatedDomain(new(uid ?? Guid.NewGuid(), name), null, config, config, DomainState.Running, StateReason.Unknown);
        lock (Fleet.Gate)
        {
            Fleet.Hosts[host].Domains[domain.Id.Uid] = domain;
        }

        _foreign[(host, domain.Id.Uid)] = domain;
    }

    public void RemoveForeign(string host, string name)
    {
        var (place, _) = _foreign.Single(known => known.Key.Host == host && known.Value.Id.Name == name);
        _foreign.TryRemove(place, out _);
        Fleet.Disturb(host, place.Uid, there => there.Domains.Remove(place.Uid));
    }

    /// <summary>Waits for it. The clock moves on whenever nobody has anything to do.</summary>
    public Task EventuallyAsync(string what, Func<bool> isSo) => EventuallyAsync(() => isSo() ? [] : [what]);

    /// <summary>Waits until there is nothing to do, or nobody to do it.</summary>
    public Task IdleOrDeadAsync() => Server.Dead ? Task.CompletedTask : IdleAsync(() => Server.Dead);

    /// <summary>Waits until the world is as desired; whoever waits forever is told what differs.</summary>
    public Task ConvergedAsync() => EventuallyAsync(Differences);

    /// <summary>Waits until nobody has anything to do; time stands still.</summary>
    public Task IdleAsync() => IdleAsync(() => false);

    private async Task IdleAsync(Func<bool> orElse)
    {
        var calm = 0;
        var last = (Revision, Steps());
        await Until(() =>
        {
            var now = (Revision, Steps());
            calm = Server.Operator.Pending == 0 && now == last ? calm + 1 : 0;
            last = now;
            return calm >= 20 || orElse();
        }, () => ["the queues do not run empty"]);
    }

    /// <summary>Looks again and again, deeply, and lets hours go by: no step, no write. Only what PMs have may be told once more, from the first look.</summary>
    public async Task StaysQuietAsync()
    {
        await IdleAsync();
        var steps = Steps();
        await SweepAsync();
        await IdleAsync();
        Assert.Equal(steps, Steps());
        var before = (Revision, string.Join('\n', Fleet.Log));
        for (var look = 0; look < 4; look++)
        {
            await SweepAsync(deep: look % 2 == 1);
            await IdleAsync();
            Time.Advance(TimeSpan.FromMinutes(20));
            await IdleAsync();
        }

        Assert.Equal(before, (Revision, string.Join('\n', Fleet.Log)));
        AssertNoViolations();
    }

    public void AssertNoViolations() => Assert.Empty(_violations);

    /// <summary>In what PMs and records differ from what users asked for, found without asking the planner.</summary>
    public IReadOnlyList<string> Differences()
    {
        var vms = Vms();
        var differences = new List<string>();
        lock (Fleet.Gate)
        {
            foreach (var vm in vms)
            {
                differences.AddRange(Differences(vm).Select(what => $"{vm.Metadata.Name}: {what}"));
            }

            var uids = vms.Select(vm => vm.Metadata.Uid!.Value).ToHashSet();
            foreach (var host in Fleet.Hosts.Values)
            {
                differences.AddRange(host.Domains.Values.Where(domain => domain.Mark?.Cluster == Cluster && !uids.Contains(domain.Id.Uid)).Select(domain => $"{domain.Id.Name} is left over on {host.Name}"));
                differences.AddRange(host.Volumes.Keys.Where(volume => !uids.Any(uid => volume.Contains($"{uid}", StringComparison.Ordinal))).Select(volume => $"{volume} is left over on {host.Name}"));
            }
        }

        return differences;
    }

    /// <summary>What may still be given away on a PM.</summary>
    public Resources? Free(string machine) => Planning.Fleet.Of(Machines(), Vms()).Find(machine)!.Free;

    private IEnumerable<string> Differences(VirtualMachine vm)
    {
        if (vm.Metadata.Deleting)
        {
            yield return "is being deleted";
            yield break;
        }

        var uid = vm.Metadata.Uid!.Value;
        var places = Fleet.Hosts.Values.Where(host => host.Domains.ContainsKey(uid)).ToList();
        if (places is not [var place] || place.Name != vm.Status.Host)
        {
            yield return $"is bound to '{vm.Status.Host}', its domain is on [{string.Join(", ", places.Select(host => host.Name))}]; {vm.Status.Condition(MachineReport.Ready)?.Message}";
            yield break;
        }

        var type = (InstanceType)All(ResourceTypes.InstanceTypes).Single(type => type.Metadata.Name == "small");
        var size = MachineSize.Resolve(vm, type, out _)!;
        var domain = place.Domains[uid];
        if (domain.Mark?.Cluster != Cluster)
        {
            yield return "its domain does not bear our mark";
        }

        if (domain.Config is not { } config || config.Cpu != size.Cpu || config.MemoryMiB != size.MemoryMiB || config.Disks is not [{ Path: var path }] || !path.EndsWith($"vm-{uid}.qcow2", StringComparison.Ordinal))
        {
            yield return $"is defined as {domain.Config}";
        }

        // A file removed under a running guest lives on in it; that must be told, and is all that can be done.
        var told = domain.State is not DomainState.Off && !place.Volumes.ContainsKey($"vm-{uid}.qcow2") && vm.Status.Condition(MachineReport.DataLost) is not null;
        if (!told && place.Volumes.GetValueOrDefault($"vm-{uid}.qcow2") < size.DiskGiB << 30)
        {
            yield return "its disk is missing or too small";
        }

        var wanted = vm.Spec.RunStrategy switch
        {
            RunStrategy.Always => ((DomainState, VmPhase)?)(DomainState.Running, VmPhase.Running),
            RunStrategy.Halted => (DomainState.Off, VmPhase.Stopped),
            _ => null,
        };
        if (wanted is { } should && (domain.State, vm.Status.Phase) != should)
        {
            yield return Invariant($"is {domain.State} and called {vm.Status.Phase} ({vm.Status.Condition(MachineReport.Ready)?.Message}), wanted {should}");
        }

        if (vm.Status.ObservedGeneration != vm.Metadata.Generation)
        {
            yield return "its status is about an older generation";
        }
    }

    /// <summary>Asked after every step and disturbance: what must never be, not even for a moment.</summary>
    private void Judge(Step? step)
    {
        foreach (var uid in Fleet.Hosts.Values.SelectMany(host => host.Domains.Values).Where(domain => domain.State is not DomainState.Off).GroupBy(domain => domain.Id.Uid).Where(copies => copies.Count() > 1))
        {
            _violations.Enqueue($"I1: {uid.Key} runs on {uid.Count()} PMs after {step?.Describe()}");
        }

        foreach (var (place, domain) in _foreign.Where(known => Fleet.Hosts[known.Key.Host].Domains.GetValueOrDefault(known.Key.Uid) != known.Value))
        {
            _violations.Enqueue($"I3: {domain.Id.Name} on {place.Host} was changed by {step?.Describe()}");
        }

        if (step is RemoveDisk { Domain.Uid: var removed } && !_deletedByUser.ContainsKey(removed))
        {
            _violations.Enqueue($"I4: {step.Describe()} although nobody deleted it");
        }
    }

    private async Task EventuallyAsync(Func<IReadOnlyList<string>> missing)
    {
        var calm = 0;
        await Until(() =>
        {
            if (missing().Count == 0)
            {
                return true;
            }

            calm = Server.Operator.Pending == 0 ? calm + 1 : 0;
            if (calm >= 4)
            {
                calm = 0;
                Time.Advance(TimeSpan.FromSeconds(1));
            }

            return false;
        }, missing);
        AssertNoViolations();
    }

    private async Task Until(Func<bool> isSo, Func<IReadOnlyList<string>> missing)
    {
        var began = TimeProvider.System.GetTimestamp();
        while (!isSo())
        {
            Assert.True(TimeProvider.System.GetElapsedTime(began) < _patience, $"waited in vain: {string.Join("; ", missing())}\n{string.Join('\n', Fleet.Log.TakeLast(30))}");
            await Task.Delay(TimeSpan.FromMilliseconds(2), TimeProvider.System);
        }
    }
}
