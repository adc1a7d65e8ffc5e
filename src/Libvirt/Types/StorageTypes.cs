using Orchestrator.Libvirt.Wire;

namespace Orchestrator.Libvirt;

/// <summary>virStoragePoolState.</summary>
public enum StoragePoolState
{
    Inactive = 0,
    Building = 1,
    Running = 2,
    Degraded = 3,
    Inaccessible = 4,
}

/// <summary>Sizes in bytes.</summary>
public sealed record StoragePoolInfo(StoragePoolState State, ulong Capacity, ulong Allocation, ulong Available)
{
    internal static StoragePoolInfo Read(ref XdrReader r) => new((StoragePoolState)r.Int32(), r.UInt64(), r.UInt64(), r.UInt64());
}

/// <summary>virStorageVolType.</summary>
public enum VolumeType
{
    File = 0,
    Block = 1,
    Directory = 2,
    Network = 3,
    NetworkDirectory = 4,
    Ploop = 5,
}

/// <summary>Sizes in bytes.</summary>
public sealed record VolumeInfo(VolumeType Type, ulong Capacity, ulong Allocation)
{
    internal static VolumeInfo Read(ref XdrReader r) => new((VolumeType)r.Int32(), r.UInt64(), r.UInt64());
}

/// <summary>virConnectListAllStoragePoolsFlags.</summary>
[Flags]
public enum StoragePoolListFlags : uint
{
    All = 0,
    Inactive = 1,
    Active = 2,
    Persistent = 4,
    Transient = 8,
    Autostart = 16,
    NoAutostart = 32,
}

/// <summary>virStoragePoolBuildFlags.</summary>
[Flags]
public enum StoragePoolBuildFlags : uint
{
    None = 0,
    Repair = 1,
    Resize = 2,
    NoOverwrite = 4,
    Overwrite = 8,
}

/// <summary>virStoragePoolCreateFlags.</summary>
[Flags]
public enum StoragePoolCreateFlags : uint
{
    None = 0,
    WithBuild = 1,
    WithBuildOverwrite = 2,
    WithBuildNoOverwrite = 4,
}

/// <summary>virStorageVolCreateFlags.</summary>
[Flags]
public enum VolumeCreateFlags : uint
{
    None = 0,
    PreallocateMetadata = 1,

    /// <summary>Share the blocks of the volume copied from, where the file system can.</summary>
    Reflink = 2,
}

/// <summary>virStorageVolDeleteFlags.</summary>
[Flags]
public enum VolumeDeleteFlags : uint
{
    None = 0,
    Zeroed = 1,
    WithSnapshots = 2,
}

/// <summary>virStorageVolResizeFlags.</summary>
[Flags]
public enum VolumeResizeFlags : uint
{
    None = 0,
    Allocate = 1,

    /// <summary>The size is a difference.</summary>
    Delta = 2,
    Shrink = 4,
}
