namespace Orchestrator.Model;

/// <summary>A size that VMs are made in: the seed's flavor, its <c>status.id</c> the tid.</summary>
public sealed record InstanceType : Resource<InstanceTypeSpec, InstanceTypeStatus>;

public sealed record InstanceTypeSpec
{
    /// <summary>Virtual CPUs.</summary>
    public required int Cpu { get; init; }

    public required Quantity Memory { get; init; }

    /// <summary>Size of the root disk.</summary>
    public required Quantity Disk { get; init; }
}

public sealed record InstanceTypeStatus : ResourceStatus;
