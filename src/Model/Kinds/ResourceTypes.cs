using Orchestrator.Model.Json;

namespace Orchestrator.Model;

/// <summary>All kinds. A new kind is a record, its rules, and one entry here (docs/checklist-new-kind.md).</summary>
public static class ResourceTypes
{
    public const string Group = "orchestrator.vm";

    public static ResourceType<PhysicalMachine> PhysicalMachines { get; } = new()
    {
        Group = Group,
        Kind = nameof(PhysicalMachine),
        Plural = "physicalmachines",
        Singular = "physicalmachine",
        ShortNames = ["pm"],
        Namespaced = false,
        Numbered = true,
        Finalizers = [PhysicalMachine.Finalizer],
        TypedJson = ModelJson.Of<PhysicalMachine>(),
        Rules = PhysicalMachineRules.Validate,
    };

    public static ResourceType<InstanceType> InstanceTypes { get; } = new()
    {
        Group = Group,
        Kind = nameof(InstanceType),
        Plural = "instancetypes",
        Singular = "instancetype",
        ShortNames = ["it"],
        Namespaced = false,
        Numbered = true,
        TypedJson = ModelJson.Of<InstanceType>(),
        Rules = InstanceTypeRules.Validate,
    };

    public static ResourceType<Image> Images { get; } = new()
    {
        Group = Group,
        Kind = nameof(Image),
        Plural = "images",
        Singular = "image",
        ShortNames = ["img"],
        Namespaced = false,
        Numbered = true,
        TypedJson = ModelJson.Of<Image>(),
        Rules = ImageRules.Validate,
    };

    public static ResourceType<VirtualMachine> VirtualMachines { get; } = new()
    {
        Group = Group,
        Kind = nameof(VirtualMachine),
        Plural = "virtualmachines",
        Singular = "virtualmachine",
        ShortNames = ["vm"],
        Namespaced = true,
        Numbered = true,
        Finalizers = [VirtualMachine.Finalizer],
        TypedJson = ModelJson.Of<VirtualMachine>(),
        Rules = VirtualMachineRules.Validate,
        ChangeRules = VirtualMachineRules.ValidateChange,
    };

    public static ResourceType<Event> Events { get; } = new()
    {
        Group = "",
        Kind = nameof(Event),
        Plural = "events",
        Singular = "event",
        ShortNames = ["ev"],
        Namespaced = true,
        TypedJson = ModelJson.Of<Event>(),
    };

    public static IReadOnlyList<ResourceType> All { get; } = [PhysicalMachines, InstanceTypes, Images, VirtualMachines, Events];

    /// <summary>The kind with this apiVersion and kind name, or null.</summary>
    public static ResourceType? Find(string? apiVersion, string? kind) =>
        All.FirstOrDefault(type => type.ApiVersion == apiVersion && type.Kind == kind);
}
