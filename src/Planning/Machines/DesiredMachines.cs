using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Orchestrator.Model;

namespace Orchestrator.Planning;

/// <summary>Turns stored objects into the one record that the planner compares with what is observed.</summary>
public static class DesiredMachines
{
    /// <summary>Changes when the XML we render for the same spec does, so that definitions are renewed after an upgrade.</summary>
    private const int LayoutVersion = 1;

    /// <summary>How many CPUs a running guest may be given without a restart: four times what it has, as KubeVirt does, at most 16 (or what it has).</summary>
    public static int MaxCpu(int cpu) => Math.Max(cpu, Math.Min(cpu * 4, 16));

    /// <summary>The root disk of a VM about to be placed; null when it has none.</summary>
    public static RootDiskStatus? RootDisk(VirtualMachine vm, Resources size, Image? image) =>
        size.DiskGiB == 0 && image is null ? null : new()
        {
            Volume = $"vm-{vm.Metadata.Uid}.qcow2",
            Base = image?.Status.Volume,
            BaseFormat = image?.Status.Format,
        };

    /// <param name="vm">A VM that is bound to <paramref name="machine"/>.</param>
    /// <param name="size">What it needs by now.</param>
    /// <param name="image">Its image, or null when it has none or the image is gone.</param>
    public static DesiredMachine Of(VirtualMachine vm, Resources size, Image? image, PhysicalMachine machine, string cluster)
    {
        var id = DomainId.Of(vm.Metadata);
        var folder = machine.Spec.StoragePath;
        var root = vm.Status.RootDisk;
        EquatableArray<DomainDisk> disks = root is null ? [] : [new("vda", $"{folder}/{root.Volume}", DiskFormat.Qcow2)];
        var hypervisor = Hypervisor(machine);
        var maxCpu = MaxCpu(size.Cpu);
        var grace = vm.Metadata.DeletionGracePeriodSeconds ?? vm.Spec.TerminationGracePeriodSeconds;
        return new(
            machine.Metadata.Name,
            new(
                id,
                new(cluster, vm.Metadata.Namespace!, vm.Metadata.Name, id.Uid, vm.Metadata.Generation, Hash(hypervisor, size, maxCpu, disks)),
                hypervisor,
                size.Cpu,
                maxCpu,
                size.MemoryMiB,
                disks,
                root is { Base: { } volume, BaseFormat: { } format } ? new("", $"{folder}/{volume}", format) : null),
            Disk(root, size, image),
            Power(vm.Spec.RunStrategy),
            TimeSpan.FromSeconds(grace),
            vm.Metadata.Deleting);
    }

    private static RootDisk? Disk(RootDiskStatus? root, Resources size, Image? image)
    {
        if (root is null)
        {
            return null;
        }

        // A base that the image has moved on from can no longer be uploaded, only used where it already is.
        var known = root.Base is null ? null
            : image?.Status is { File: { } file, Format: { } format } now && now.Volume == root.Base
                ? new BaseImage(root.Base, file, format, now.SizeBytes ?? 0, now.VirtualSizeBytes ?? 0)
                : new BaseImage(root.Base, "", root.BaseFormat ?? DiskFormat.Raw, 0, 0);
        var bytes = Quantity.FromGiB(size.DiskGiB).Bytes;
        return new(root.Volume, bytes > 0 ? bytes : known?.VirtualSizeBytes ?? 0, known);
    }

    private static PowerWish Power(RunStrategy strategy) => strategy switch
    {
        RunStrategy.Always => PowerWish.On,
        RunStrategy.RerunOnFailure => PowerWish.OnUntilDone,
        RunStrategy.Halted => PowerWish.Off,
        _ => PowerWish.LeftAlone,
    };

    private static string Hypervisor(PhysicalMachine machine) => machine.Spec.Hypervisor switch
    {
        HypervisorChoice.Auto => machine.Status.Hypervisors is [var best, ..] ? best : "qemu",
        HypervisorChoice.Kvm => "kvm",
        HypervisorChoice.Xen => "xen",
        HypervisorChoice.Test => "test",
        _ => "qemu",
    };

    private static string Hash(string hypervisor, Resources size, int maxCpu, EquatableArray<DomainDisk> disks)
    {
        var text = string.Create(CultureInfo.InvariantCulture, $"{LayoutVersion}|{hypervisor}|{size.Cpu}|{maxCpu}|{size.MemoryMiB}|{disks}");
        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)).AsSpan(0, 8));
    }
}
