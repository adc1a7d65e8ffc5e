using Orchestrator.Model;

namespace Orchestrator.Planning;

/// <summary>Makes the PM's storage folder usable: pool defined, started at boot, running, and marked as this cluster's.</summary>
/// <param name="MayMark">False once it was marked before: then a missing mark means another disk is mounted there, and is left alone.</param>
public sealed record PrepareStorage(string Host, string Path, bool MayMark) : Step(Host)
{
    public override string Reason => "StoragePrepared";

    public override string Describe() => $"+ storage {Path} on {Host}";

    public override ValueTask ApplyAsync(IStepTarget target, CancellationToken stop) => target.ApplyAsync(this, stop);
}

/// <summary>Brings an image to the PM. A copy counts only when it is complete.</summary>
public sealed record UploadImage(string Host, BaseImage Image) : Step(Host)
{
    public override string Reason => "ImageUploaded";

    public override string Describe() => $"+ image   {Image.Volume} on {Host} ({Quantity.FromBytes(Image.SizeBytes)})";

    public override ValueTask ApplyAsync(IStepTarget target, CancellationToken stop) => target.ApplyAsync(this, stop);
}

/// <summary>Makes a root disk: an overlay on an image's copy, or empty. One that exists is never overwritten.</summary>
public sealed record CreateDisk(string Host, RootDisk Disk) : Step(Host)
{
    public override string Reason => "DiskCreated";

    public override string Describe() =>
        $"+ disk    {Disk.Volume} on {Host} ({Quantity.FromBytes(Disk.SizeBytes)}{(Disk.Base is null ? "" : $" from {Disk.Base.Volume}")})";

    public override ValueTask ApplyAsync(IStepTarget target, CancellationToken stop) => target.ApplyAsync(this, stop);
}

/// <summary>Makes a disk larger; never smaller.</summary>
/// <param name="Running">True when a running guest holds it and must see the new size.</param>
public sealed record GrowDisk(string Host, DomainId Domain, RootDisk Disk, long FromBytes, bool Running) : Step(Host)
{
    public override string Reason => "DiskGrown";

    public override string Describe() =>
        $"~ disk    {Disk.Volume} on {Host} {Quantity.FromBytes(FromBytes)} -> {Quantity.FromBytes(Disk.SizeBytes)}{(Running ? " (live)" : "")}";

    public override ValueTask ApplyAsync(IStepTarget target, CancellationToken stop) => target.ApplyAsync(this, stop);
}

/// <summary>Deletes a VM's disk, because a user deleted the VM. Refused while a domain of that VM is there.</summary>
public sealed record RemoveDisk(string Host, DomainId Domain, string Volume) : Step(Host)
{
    public override string Reason => "DiskRemoved";

    public override string Describe() => $"- disk    {Volume} on {Host}";

    public override ValueTask ApplyAsync(IStepTarget target, CancellationToken stop) => target.ApplyAsync(this, stop);
}
