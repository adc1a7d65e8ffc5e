using System.Text.Json.Serialization;

namespace Orchestrator.Model;

/// <summary>A disk image that root disks start from.</summary>
public sealed record Image : Resource<ImageSpec, ImageStatus>
{
    /// <summary>What the seed API calls the image: the last part of its path without extension.</summary>
    [JsonIgnore]
    public string Title => ImageSource.Title(Spec.Source);
}

public sealed record ImageSpec
{
    /// <summary>A path on the control machine, or <c>user@host:/path</c>, fetched by ssh.</summary>
    public required string Source { get; init; }

    /// <summary><c>sha256:</c> and 64 hex digits; when given, an image that differs is refused.</summary>
    public string? Checksum { get; init; }
}

public enum ImagePhase
{
    Pending,
    Ready,
    Failed,
    Terminating,
}

public enum DiskFormat
{
    Raw,
    Qcow2,
}

public sealed record ImageStatus : ResourceStatus
{
    public ImagePhase Phase { get; init; }

    /// <summary>Found by looking at the header ourselves.</summary>
    public DiskFormat? Format { get; init; }

    /// <summary>Size of the file.</summary>
    public long? SizeBytes { get; init; }

    /// <summary>Size of the disk a guest sees: the least a root disk must have.</summary>
    public long? VirtualSizeBytes { get; init; }

    /// <summary>The name of its copy in each PM's storage folder. Changes when the file does, so that disks made earlier keep their base.</summary>
    public string? Volume { get; init; }

    /// <summary>The local file that is uploaded: the source itself, or the copy fetched from another host.</summary>
    public string? File { get; init; }
}
