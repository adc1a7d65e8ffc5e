using Orchestrator.Model;
using Orchestrator.Planning;

namespace Orchestrator.Testing.Simulation;

/// <summary>A domain as the simulated libvirt keeps it.</summary>
public sealed record SimulatedDomain(DomainId Id, DomainMark? Mark, DomainConfig? Config, DomainConfig? Live, DomainState State, StateReason Reason);

/// <summary>A PM with the rules of libvirt that matter here. The contract tests hold it against the real one.</summary>
public sealed class SimulatedHost(string name)
{
    public string Name => name;

    public bool Reachable { get; set; } = true;

    public bool StorageActive { get; set; }

    public bool StorageMarked { get; set; }

    public Dictionary<Guid, SimulatedDomain> Domains { get; } = [];

    /// <summary>Volumes by name, with the size a guest sees.</summary>
    public Dictionary<string, long> Volumes { get; } = new(StringComparer.Ordinal);

    /// <summary>Image copies that are complete.</summary>
    public HashSet<string> CompleteImages { get; } = new(StringComparer.Ordinal);

    public Resources Capacity { get; set; } = new() { Cpu = 64, MemoryMiB = 65536, DiskGiB = 1000 };

    public SimulatedDomain this[Guid uid] => Domains[uid];

    /// <summary>Guests that do not listen to the power button.</summary>
    public HashSet<Guid> Deaf { get; } = [];

    /// <summary>True makes all guests deaf, as those without an operating system are.</summary>
    public bool HearsNothing { get; set; }

    public bool IsDeaf(Guid uid) => HearsNothing || Deaf.Contains(uid);

    public void Change(Guid uid, Func<SimulatedDomain, SimulatedDomain?> change)
    {
        if (Domains.TryGetValue(uid, out var domain))
        {
            if (change(domain) is { } changed)
            {
                Domains[uid] = changed;
            }
            else
            {
                Domains.Remove(uid);
            }
        }
    }

    /// <summary>The guest's process ends; a transient domain vanishes with it.</summary>
    public void End(Guid uid, StateReason reason) =>
        Change(uid, domain => domain.Config is null ? null : domain with { State = DomainState.Off, Reason = reason, Live = null });

    /// <summary>Takes the definition away: a guest that is off is gone with it, one that runs runs on as a transient domain.</summary>
    public void Undefine(Guid uid) =>
        Change(uid, domain => domain.State is DomainState.Off ? null : domain with { Config = null });

    /// <summary>All guests end at once.</summary>
    public void Reboot()
    {
        foreach (var uid in Domains.Keys.ToList())
        {
            End(uid, StateReason.Unknown);
        }
    }
}
