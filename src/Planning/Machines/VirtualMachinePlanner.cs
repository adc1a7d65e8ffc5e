using Orchestrator.Model;

namespace Orchestrator.Planning;

/// <summary>Decides what to do about one virtual machine. Pure and total: every input gives a plan.</summary>
public static class VirtualMachinePlanner
{
    /// <summary>A guest that ran at least this long is not looping.</summary>
    public static readonly TimeSpan Settled = TimeSpan.FromSeconds(60);

    private static readonly TimeSpan _maxBackOff = TimeSpan.FromMinutes(5);

    public static Plan Plan(DesiredMachine desired, ObservedMachine observed, MachineFacts facts) =>
        observed.Domain is { Mark: MarkState.Foreign } ? Planning.Plan.Stop("ForeignDomain",
            $"the domain with this VM's UUID on {desired.Host} bears the mark of another cluster and is left alone")
        : desired.Deleting ? Teardown(desired, observed, facts)
        : Obstacle(desired, observed) is { } obstacle ? new([], obstacle)
        : Converge(desired, observed, facts);

    /// <summary>The time before a guest that keeps ending is started again.</summary>
    public static TimeSpan BackOff(int restarts) =>
        restarts <= 1 ? TimeSpan.Zero : TimeSpan.FromSeconds(Math.Min(_maxBackOff.TotalSeconds, Math.Pow(2, Math.Min(restarts, 20) - 1)));

    private static Obstacle? Obstacle(DesiredMachine desired, ObservedMachine observed) => observed switch
    {
        { ActiveElsewhere: { Count: > 0 } others } => new("RunsElsewhere",
            $"a domain of this VM runs on {string.Join(", ", others)}; stop it there, then it continues on {desired.Host}"),
        { Domain: null, NameTakenBy: { } other } => new("NameTaken",
            $"another domain ({other}) on {desired.Host} is called {desired.Id.Name}; rename or remove it there"),
        { StorageReady: false } when desired.Disk is not null && observed.Domain is not { Active: true } => new("StorageNotReady",
            $"the storage folder of {desired.Host} is not ready; nothing is known about this VM's disk"),
        { DiskBytes: null } when desired.Disk is { Base: { } image } disk && image.VirtualSizeBytes > disk.SizeBytes => new("DiskTooSmall",
            $"the image needs a disk of {Quantity.FromBytes(image.VirtualSizeBytes)}, the VM has {Quantity.FromBytes(disk.SizeBytes)}"),
        { DiskBytes: null, ImageReady: false, Domain: not { Active: true } } when desired.Disk is { Base: { File: "" } image } => new("ImageGone",
            $"{image.Volume} is not on {desired.Host}, and the image it came from is gone or has changed"),
        _ => null,
    };

    private static Plan Converge(DesiredMachine desired, ObservedMachine observed, MachineFacts facts)
    {
        var (power, lookAgain) = Power(desired, observed.Domain, facts);
        return new([.. Storage(desired, observed), .. Definition(desired, observed.Domain), .. Live(desired, observed.Domain, facts), .. power], null, lookAgain);
    }

    private static IEnumerable<Step> Storage(DesiredMachine desired, ObservedMachine observed)
    {
        if (desired.Disk is not { } disk || !observed.StorageReady)
        {
            yield break;
        }

        if (observed.DiskBytes is not { } size)
        {
            if (observed.Domain is { Active: true })
            {
                // The guest still holds the removed file: its data lives as long as it runs. The status says so.
                yield break;
            }

            if (disk.Base is { } image && !observed.ImageReady)
            {
                yield return new UploadImage(desired.Host, image);
            }

            yield return new CreateDisk(desired.Host, disk);
        }
        else if (size < disk.SizeBytes)
        {
            yield return new GrowDisk(desired.Host, desired.Id, disk, size, observed.Domain is { Active: true });
        }
    }

    private static IEnumerable<Step> Definition(DesiredMachine desired, ObservedDomain? domain)
    {
        if (Differs(desired.Domain, domain) is { } why)
        {
            yield return new DefineDomain(desired.Host, desired.Domain, why);
        }
    }

    /// <summary>In what the definition differs from the desired one, or null. Only what we own is compared.</summary>
    private static string? Differs(DomainSpec desired, ObservedDomain? domain) => domain switch
    {
        null => "new",
        { Config: null } => "was undefined",
        { Mark: MarkState.Missing } => "mark was missing",
        { Config: var config } when config.Cpu != desired.Cpu || config.MaxCpu != desired.MaxCpu => $"cpu was {config.Cpu}",
        { Config: var config } when config.MemoryMiB != desired.MemoryMiB || config.MaxMemoryMiB != desired.MemoryMiB => $"memory was {config.MemoryMiB}Mi",
        { Config: var config } when config.Disks != desired.Disks => "disks were other",
        { SpecHash: var hash } when hash != desired.Mark.SpecHash => "settings changed",
        _ => null,
    };

    private static IEnumerable<Step> Live(DesiredMachine desired, ObservedDomain? domain, MachineFacts facts)
    {
        if (domain is not { State: DomainState.Running, Live: { } live } || desired.Power is PowerWish.Off)
        {
            yield break;
        }

        if (live.Cpu < desired.Domain.Cpu && desired.Domain.Cpu <= live.MaxCpu)
        {
            yield return new SetVcpus(desired.Host, desired.Id, live.Cpu, desired.Domain.Cpu);
        }

        var memory = desired.Domain.MemoryMiB;
        if (live.MemoryMiB != memory && memory <= live.MaxMemoryMiB && facts.MemoryAskedMiB != memory)
        {
            yield return new SetMemory(desired.Host, desired.Id, live.MemoryMiB, memory);
        }
    }

    private static (Step[] Steps, DateTimeOffset? LookAgain) Power(DesiredMachine desired, ObservedDomain? domain, MachineFacts facts)
    {
        var rests = desired.Power is PowerWish.OnUntilDone && !facts.Stopped
            && domain is { State: DomainState.Off } && (domain.Reason is StateReason.Shutdown || facts.Succeeded);
        return (desired.Power, domain) switch
        {
            (PowerWish.LeftAlone, _) => ([], null),
            (PowerWish.Off, { Active: true }) => Stopping(desired, domain, facts),
            (PowerWish.Off, _) => ([], null),
            _ when rests => ([], null),
            (_, null or { State: DomainState.Off }) => Starting(desired, domain, facts),
            (_, { State: DomainState.Crashed }) => ([new DestroyDomain(desired.Host, desired.Id, "the guest crashed")], null),
            (_, { State: DomainState.Paused }) => ([new ResumeDomain(desired.Host, desired.Id)], null),
            _ => ([], null),
        };
    }

    private static (Step[] Steps, DateTimeOffset? LookAgain) Starting(DesiredMachine desired, ObservedDomain? domain, MachineFacts facts)
    {
        var due = facts.StartedAt + BackOff(facts.Restarts);
        return due > facts.Now ? ([], due) : ([new StartDomain(desired.Host, desired.Id, Why(domain, facts))], null);
    }

    private static string Why(ObservedDomain? domain, MachineFacts facts) => domain switch
    {
        _ when facts.StartedAt is null => "new",
        null => "was gone",
        { Reason: StateReason.Shutdown } => "had shut down",
        { Reason: StateReason.Crashed } => "had crashed",
        { Reason: StateReason.Destroyed } => "was destroyed",
        { Reason: StateReason.Failed } => "had failed",
        _ => "was off",
    };

    /// <summary>First the guest is asked, then it is forced; in between there is only waiting.</summary>
    private static (Step[] Steps, DateTimeOffset? LookAgain) Stopping(DesiredMachine desired, ObservedDomain domain, MachineFacts facts)
    {
        if (desired.Grace <= TimeSpan.Zero)
        {
            return ([new DestroyDomain(desired.Host, desired.Id, "no grace was asked for")], null);
        }

        return facts.StopRequestedAt switch
        {
            null => ([
                .. domain.State is DomainState.Paused ? [new ResumeDomain(desired.Host, desired.Id)] : (Step[])[],
                new RequestShutdown(desired.Host, desired.Id)], facts.Now + desired.Grace),
            { } asked when facts.Now >= asked + desired.Grace => (
                [new DestroyDomain(desired.Host, desired.Id, $"did not shut down within {desired.Grace.TotalSeconds:0} s")], null),
            { } asked => ([], asked + desired.Grace),
        };
    }

    /// <summary>Top down: the guest, the definition, then the disk.</summary>
    private static Plan Teardown(DesiredMachine desired, ObservedMachine observed, MachineFacts facts)
    {
        if (observed.Domain is { Active: true } domain)
        {
            var (stop, lookAgain) = Stopping(desired, domain, facts);
            if (lookAgain is not null)
            {
                return new([.. stop], null, lookAgain);
            }

            return new([.. stop, .. Remains(desired, observed)]);
        }

        return desired.Disk is not null && !observed.StorageReady
            ? new([.. Remains(desired, observed)], new("StorageNotReady", $"the storage folder of {desired.Host} is not ready; this VM's disk cannot be removed yet"))
            : new([.. Remains(desired, observed)]);
    }

    private static IEnumerable<Step> Remains(DesiredMachine desired, ObservedMachine observed)
    {
        // A transient domain is gone as soon as it stops; undefining it then finds nothing, which is fine.
        if (observed.Domain is not null)
        {
            yield return new UndefineDomain(desired.Host, desired.Id);
        }

        if (desired.Disk is { } disk && observed is { StorageReady: true, DiskBytes: not null })
        {
            yield return new RemoveDisk(desired.Host, desired.Id, disk.Volume);
        }
    }
}
