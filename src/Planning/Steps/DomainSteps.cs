namespace Orchestrator.Planning;

/// <summary>Writes the domain's definition: the first, or a new one in place of what differs. A running guest is not disturbed.</summary>
/// <param name="Why">What differed, or "new".</param>
public sealed record DefineDomain(string Host, DomainSpec Domain, string Why) : Step(Host)
{
    public override string Reason => "DomainDefined";

    public override string Describe() =>
        $"~ domain  {Domain.Id.Name} on {Host} cpu={Domain.Cpu} memory={Domain.MemoryMiB}Mi disks={Domain.Disks.Count} ({Why})";

    public override ValueTask ApplyAsync(IStepTarget target, CancellationToken stop) => target.ApplyAsync(this, stop);
}

public sealed record UndefineDomain(string Host, DomainId Domain) : Step(Host)
{
    public override string Reason => "DomainUndefined";

    public override string Describe() => $"- domain  {Domain.Name} on {Host}";

    public override ValueTask ApplyAsync(IStepTarget target, CancellationToken stop) => target.ApplyAsync(this, stop);
}

/// <param name="Why">Why it was not running: "new", or what ended it.</param>
public sealed record StartDomain(string Host, DomainId Domain, string Why) : Step(Host)
{
    public override string Reason => "Started";

    public override string Describe() => $"> start   {Domain.Name} on {Host} ({Why})";

    public override ValueTask ApplyAsync(IStepTarget target, CancellationToken stop) => target.ApplyAsync(this, stop);
}

public sealed record ResumeDomain(string Host, DomainId Domain) : Step(Host)
{
    public override string Reason => "Resumed";

    public override string Describe() => $"> resume  {Domain.Name} on {Host}";

    public override ValueTask ApplyAsync(IStepTarget target, CancellationToken stop) => target.ApplyAsync(this, stop);
}

/// <summary>Asks the guest to shut down; it may take its time or not listen at all.</summary>
public sealed record RequestShutdown(string Host, DomainId Domain) : Step(Host)
{
    public override string Reason => "ShutdownRequested";

    public override string Describe() => $"! stop    {Domain.Name} on {Host} (asked to shut down)";

    public override ValueTask ApplyAsync(IStepTarget target, CancellationToken stop) => target.ApplyAsync(this, stop);
}

/// <summary>Ends the guest by force.</summary>
/// <param name="Why">Why force is due.</param>
public sealed record DestroyDomain(string Host, DomainId Domain, string Why) : Step(Host)
{
    public override string Reason => "Stopped";

    public override string Describe() => $"! kill    {Domain.Name} on {Host} ({Why})";

    public override ValueTask ApplyAsync(IStepTarget target, CancellationToken stop) => target.ApplyAsync(this, stop);
}

/// <summary>Gives a running guest more CPUs.</summary>
public sealed record SetVcpus(string Host, DomainId Domain, int From, int Cpu) : Step(Host)
{
    public override string Reason => "CpuChanged";

    public override string Describe() => $"~ cpu     {Domain.Name} on {Host} {From} -> {Cpu} (live)";

    public override ValueTask ApplyAsync(IStepTarget target, CancellationToken stop) => target.ApplyAsync(this, stop);
}

/// <summary>Asks a running guest's balloon for another amount of memory. The guest may be slow or unwilling: it is asked once per wish.</summary>
public sealed record SetMemory(string Host, DomainId Domain, long FromMiB, long MemoryMiB) : Step(Host)
{
    public override string Reason => "MemoryChanged";

    public override string Describe() => $"~ memory  {Domain.Name} on {Host} {FromMiB}Mi -> {MemoryMiB}Mi (live)";

    public override ValueTask ApplyAsync(IStepTarget target, CancellationToken stop) => target.ApplyAsync(this, stop);
}
