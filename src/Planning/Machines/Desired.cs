using Orchestrator.Model;

namespace Orchestrator.Planning;

/// <summary>How libvirt knows a VM: the UUID is its identity, the name is for people.</summary>
public sealed record DomainId(Guid Uid, string Name)
{
    public static DomainId Of(ObjectMeta vm) =>
        new(vm.Uid!.Value, NameOf(vm));

    /// <summary>The domain's name, known before the VM has a uid.</summary>
    public static string NameOf(ObjectMeta vm) => vm.Namespace == "default" ? vm.Name : $"{vm.Namespace}:{vm.Name}";
}

/// <summary>The mark that makes a domain ours.</summary>
public sealed record DomainMark(string Cluster, string Namespace, string Name, Guid Uid, long Generation, string SpecHash);

/// <summary>A disk of a domain as its definition names it.</summary>
/// <param name="Target">Device name, such as <c>vda</c>.</param>
/// <param name="Path">File on the PM.</param>
public sealed record DomainDisk(string Target, string Path, DiskFormat Format);

/// <summary>What we decide of a domain; libvirt fills in the rest.</summary>
/// <param name="MaxCpu">CPUs it may have without a restart.</param>
/// <param name="Hypervisor">kvm, qemu, xen or test.</param>
/// <param name="BaseDisk">The file the root disk is an overlay of, spelled out so that no header in it is believed.</param>
public sealed record DomainSpec(
    DomainId Id, DomainMark Mark, string Hypervisor, int Cpu, int MaxCpu, long MemoryMiB, EquatableArray<DomainDisk> Disks, DomainDisk? BaseDisk);

/// <summary>An image's copy in a PM's storage folder.</summary>
/// <param name="File">The local file it is uploaded from.</param>
public sealed record BaseImage(string Volume, string File, DiskFormat Format, long SizeBytes, long VirtualSizeBytes);

/// <summary>A VM's root disk: a qcow2 file in the PM's storage folder, named after the VM's uid.</summary>
public sealed record RootDisk(string Volume, long SizeBytes, BaseImage? Base);

/// <summary>When the domain should run.</summary>
public enum PowerWish
{
    On,

    /// <summary>On, but a guest that shut itself down stays down.</summary>
    OnUntilDone,
    Off,
    LeftAlone,
}

/// <summary>One VM as it should be on its PM: the stored objects, resolved.</summary>
/// <param name="Disk">Null for a VM without any disk.</param>
/// <param name="Grace">How long the guest may take to shut down.</param>
public sealed record DesiredMachine(string Host, DomainSpec Domain, RootDisk? Disk, PowerWish Power, TimeSpan Grace, bool Deleting)
{
    public DomainId Id => Domain.Id;
}
