using System.Text.RegularExpressions;

namespace Orchestrator.Model;

/// <summary>Bounds that several kinds share: beyond them a number is a mistake, not a wish.</summary>
internal static class Bounds
{
    public const int MaxCpu = 1024;

    public static readonly Quantity MinMemory = Quantity.FromMiB(1);
    public static readonly Quantity MaxMemory = Quantity.FromGiB(64 * 1024);
    public static readonly Quantity MaxDisk = Quantity.FromGiB(1024 * 1024);

    public static IEnumerable<FieldError> Size(string prefix, int? cpu, Quantity? memory, Quantity? disk)
    {
        if (cpu is < 1 or > MaxCpu)
        {
            yield return FieldError.Invalid(prefix + "cpu", cpu, $"must be between 1 and {MaxCpu}");
        }

        if (memory is { } ram && (ram < MinMemory || ram > MaxMemory))
        {
            yield return FieldError.Invalid(prefix + "memory", ram, $"must be between {MinMemory} and {MaxMemory}");
        }

        if (disk is { } size && size > MaxDisk)
        {
            yield return FieldError.Invalid(prefix + "disk", size, $"must be between 0 and {MaxDisk}");
        }
    }
}

internal static class InstanceTypeRules
{
    public static IEnumerable<FieldError> Validate(InstanceType type) => Bounds.Size("spec.", type.Spec.Cpu, type.Spec.Memory, type.Spec.Disk);
}

internal static partial class ImageRules
{
    public static IEnumerable<FieldError> Validate(Image image)
    {
        if (ImageSource.Parse(image.Spec.Source, out var error) is null)
        {
            yield return FieldError.Invalid("spec.source", image.Spec.Source, error);
        }

        if (image.Spec.Checksum is { } checksum && !Checksum().IsMatch(checksum))
        {
            yield return FieldError.Invalid("spec.checksum", checksum, "must be sha256: and 64 hex digits");
        }
    }

    [GeneratedRegex(@"\Asha256:[0-9a-f]{64}\z", RegexOptions.None, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Checksum();
}

internal static partial class PhysicalMachineRules
{
    public static IEnumerable<FieldError> Validate(PhysicalMachine machine)
    {
        var spec = machine.Spec;
        if (!Uri.TryCreate(spec.Uri, UriKind.Absolute, out _) || !Driver().IsMatch(spec.Uri))
        {
            yield return FieldError.Invalid("spec.uri", spec.Uri, "must be a libvirt URI such as qemu+ssh://root@host/system");
        }

        foreach (var (name, factor) in new[] { ("cpu", spec.Overcommit.Cpu), ("memory", spec.Overcommit.Memory), ("disk", spec.Overcommit.Disk) })
        {
            if (factor is not (>= 0.1 and <= 1000))
            {
                yield return FieldError.Invalid($"spec.overcommit.{name}", factor, "must be between 0.1 and 1000");
            }
        }

        for (var i = 0; i < spec.Taints.Count; i++)
        {
            if (!Names.IsLabelKey(spec.Taints[i].Key))
            {
                yield return FieldError.Invalid($"spec.taints[{i}].key", spec.Taints[i].Key, "a taint key is an optional DNS prefix and '/', then " + Names.NameRule["must be ".Length..]);
            }
        }

        if (!StoragePath().IsMatch(spec.StoragePath) || spec.StoragePath.Contains("/..", StringComparison.Ordinal))
        {
            yield return FieldError.Invalid("spec.storagePath", spec.StoragePath, "must be an absolute path of letters, digits, '-', '_', '.' and '/'");
        }
    }

    [GeneratedRegex(@"\A(qemu|xen|test)(\+(unix|ssh|tls|tcp))?://[^\s\p{C}]*\z", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Driver();

    [GeneratedRegex(@"\A/[A-Za-z0-9._/-]*[A-Za-z0-9]\z", RegexOptions.None, matchTimeoutMilliseconds: 1000)]
    private static partial Regex StoragePath();
}

internal static class VirtualMachineRules
{
    public static IEnumerable<FieldError> Validate(VirtualMachine machine)
    {
        var spec = machine.Spec;
        if (spec.InstanceType is null)
        {
            foreach (var (field, missing) in new[] { ("cpu", spec.Cpu is null), ("memory", spec.Memory is null), ("disk", spec.Disk is null) })
            {
                if (missing)
                {
                    yield return FieldError.Required("spec." + field, "give instanceType, or cpu, memory and disk");
                }
            }
        }
        else if (!Names.IsName(spec.InstanceType))
        {
            yield return FieldError.Invalid("spec.instanceType", spec.InstanceType, Names.NameRule);
        }

        if (spec.Image is not null && !Names.IsName(spec.Image))
        {
            yield return FieldError.Invalid("spec.image", spec.Image, Names.NameRule);
        }

        foreach (var error in Bounds.Size("spec.", spec.Cpu, spec.Memory, spec.Disk))
        {
            yield return error;
        }

        if (spec.TerminationGracePeriodSeconds is < 0 or > 86400)
        {
            yield return FieldError.Invalid("spec.terminationGracePeriodSeconds", spec.TerminationGracePeriodSeconds, "must be between 0 and 86400");
        }

        if (spec.Placement?.Host is { } host && !Names.IsName(host))
        {
            yield return FieldError.Invalid("spec.placement.host", host, Names.NameRule);
        }
    }

    public static IEnumerable<FieldError> ValidateChange(VirtualMachine old, VirtualMachine changed)
    {
        if (old.Spec.Image != changed.Spec.Image)
        {
            yield return FieldError.Forbidden("spec.image", "is immutable: the disk holds the guest's data by now; make another VM");
        }

        if (old.Spec.Disk is { } before && changed.Spec.Disk is { } after && after < before)
        {
            yield return FieldError.Forbidden("spec.disk", $"a disk can grow but not shrink ({before} to {after})");
        }
    }
}
