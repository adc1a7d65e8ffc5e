using Orchestrator.Model;

namespace Orchestrator.Planning;

/// <summary>How much a VM needs: its own cpu, memory and disk where given, else its instance type's.</summary>
public static class MachineSize
{
    /// <summary>
    /// Memory and disk are rounded up to whole MiB and GiB. Null, with a <paramref name="reason"/> for people, when the size cannot be known:
    /// the type it names is absent (<paramref name="type"/> is null), or it names none and leaves a size open.
    /// </summary>
    public static Resources? Resolve(VirtualMachine vm, InstanceType? type, out string reason)
    {
        var spec = vm.Spec;
        if (spec.InstanceType is { } wanted && type is null)
        {
            reason = $"there is no instance type named '{wanted}'";
            return null;
        }

        var chosen = spec.InstanceType is null ? null : type?.Spec;
        if ((spec.Cpu ?? chosen?.Cpu) is { } cpu && (spec.Memory ?? chosen?.Memory) is { } memory && (spec.Disk ?? chosen?.Disk) is { } disk)
        {
            reason = "";
            return new() { Cpu = cpu, MemoryMiB = memory.MiB, DiskGiB = disk.GiB };
        }

        reason = "it has neither an instance type nor cpu, memory and disk of its own";
        return null;
    }
}
