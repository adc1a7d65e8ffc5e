using FsCheck;
using FsCheck.Fluent;

namespace Orchestrator.Model.Tests;

/// <summary>Generated objects of all kinds, valid in form.</summary>
internal static class Generated
{
    /// <summary>Any amount, often near a power of two.</summary>
    public static readonly Gen<long> Bytes = Gen.OneOf(
        from shift in Gen.Choose(0, 62) from off in Gen.Choose(-2, 2) select Math.Max(0, (1L << shift) + off),
        from whole in Gen.Choose(0, 1000) from shift in Gen.Elements(0, 10, 20, 30, 40, 50) select (long)whole << shift,
        Gen.Constant(long.MaxValue));

    private static readonly Gen<string> _word = Gen.Elements("a", "web-1", "Ä", "x.y_z", "quote\"<&>\\", "日本", "");

    private static readonly Gen<Quantity> _quantity = Gen.OneOf(Bytes.Select(Quantity.FromBytes), Gen.Elements("1.5Gi", "2e9", "10G").Select(Quantity.Parse));

    private static readonly Gen<DateTimeOffset> _time = Gen.Choose(0, int.MaxValue).Select(seconds => DateTimeOffset.FromUnixTimeSeconds(seconds));

    public static readonly Gen<StringMap> Map =
        from count in Gen.Choose(0, 3)
        from keys in _word.ArrayOf(count)
        from values in _word.ArrayOf(count)
        select new StringMap(keys.Zip(values).DistinctBy(pair => pair.First, StringComparer.Ordinal).Select(pair => KeyValuePair.Create(pair.First, pair.Second)));

    private static readonly Gen<ObjectMeta> _metadata =
        from name in _word
        from @namespace in Maybe(_word)
        from uid in MaybeValue(Gen.Fresh(Guid.NewGuid))
        from generation in Gen.Choose(0, 9)
        from created in MaybeValue(_time)
        from deleted in MaybeValue(_time)
        from grace in MaybeValue(Gen.Choose(0, 99).Select(seconds => (long)seconds))
        from labels in Map
        from annotations in Map
        from finalizers in List(_word)
        from owners in List(from owner in _word from id in Gen.Fresh(Guid.NewGuid) from controls in MaybeValue(Gen.Elements(true, false))
                            select new OwnerReference { ApiVersion = "v1", Kind = owner, Name = owner, Uid = id, Controller = controls })
        select new ObjectMeta
        {
            Name = name, Namespace = @namespace, Uid = uid, Generation = generation, CreationTimestamp = created, DeletionTimestamp = deleted,
            DeletionGracePeriodSeconds = grace, Labels = labels, Annotations = annotations, Finalizers = finalizers, OwnerReferences = owners,
        };

    private static readonly Gen<EquatableArray<Condition>> _conditions = List(
        from type in _word from status in Gen.Elements(Enum.GetValues<ConditionStatus>()) from message in _word from at in MaybeValue(_time)
        select new Condition { Type = type, Status = status, Reason = type, Message = message, LastTransitionTime = at });

    private static readonly Gen<Resources> _resources =
        from cpu in Gen.Choose(0, 99) from memory in Gen.Choose(0, 9999) from disk in Gen.Choose(0, 999) select new Resources { Cpu = cpu, MemoryMiB = memory, DiskGiB = disk };

    private static readonly Gen<EquatableArray<AffinityTerm>> _terms = List(
        from labels in Map from key in Maybe(_word) from required in Gen.Elements(true, false)
        select new AffinityTerm { MatchLabels = labels, TopologyKey = key, Required = required });

    private static readonly Gen<VmPlacement> _placement =
        from host in Maybe(_word)
        from selector in Map
        from tolerations in List(from key in _word from value in Maybe(_word) select new Toleration { Key = key, Value = value })
        from affinity in _terms
        from antiAffinity in _terms
        from policy in Maybe(_word)
        select new VmPlacement { Host = host, NodeSelector = selector, Tolerations = tolerations, Affinity = affinity, AntiAffinity = antiAffinity, Policy = policy };

    public static readonly Gen<VirtualMachineSpec> VmSpec =
        from type in Maybe(_word)
        from cpu in MaybeValue(Gen.Choose(1, 99))
        from memory in MaybeValue(_quantity)
        from disk in MaybeValue(_quantity)
        from image in Maybe(_word)
        from strategy in Gen.Elements(Enum.GetValues<RunStrategy>())
        from grace in Gen.Choose(0, 99)
        from placement in Maybe(_placement)
        select new VirtualMachineSpec
        {
            InstanceType = type, Cpu = cpu, Memory = memory, Disk = disk, Image = image, RunStrategy = strategy, TerminationGracePeriodSeconds = grace, Placement = placement,
        };

    public static readonly Gen<VirtualMachineStatus> VmStatus =
        from id in Gen.Choose(0, 99)
        from observed in Gen.Choose(0, 9)
        from phase in Gen.Elements(Enum.GetValues<VmPhase>())
        from host in Maybe(_word)
        from reserved in Maybe(_resources)
        from disk in Maybe(from volume in _word from image in Maybe(_word) from created in Gen.Elements(true, false) select new RootDiskStatus { Volume = volume, Base = image, Created = created })
        from stopping in MaybeValue(_time)
        from restarts in Gen.Choose(0, 3)
        from conditions in _conditions
        select new VirtualMachineStatus
        {
            Id = id, ObservedGeneration = observed, Phase = phase, Host = host, Reserved = reserved, RootDisk = disk, StopRequestedAt = stopping, Restarts = restarts, Conditions = conditions,
        };

    public static readonly Gen<VirtualMachine> Vm =
        from metadata in _metadata from spec in VmSpec from status in VmStatus select new VirtualMachine { Metadata = metadata, Spec = spec, Status = status };

    public static readonly Gen<PhysicalMachine> Pm =
        from metadata in _metadata
        from uri in _word
        from hypervisor in Gen.Elements(Enum.GetValues<HypervisorChoice>())
        from cordoned in Gen.Elements(true, false)
        from taints in List(from key in _word from value in _word select new Taint { Key = key, Value = value })
        from cpu in Gen.Elements(1, 1.5, 0.1, 1e-9, 1000)
        from path in _word
        from phase in Gen.Elements(Enum.GetValues<MachinePhase>())
        from capacity in Maybe(_resources)
        from domains in List(_word)
        from prepared in Gen.Elements(true, false)
        from conditions in _conditions
        select new PhysicalMachine
        {
            Metadata = metadata,
            Spec = new() { Uri = uri, Hypervisor = hypervisor, Cordoned = cordoned, Taints = taints, Overcommit = new() { Cpu = cpu }, StoragePath = path },
            Status = new() { Phase = phase, Capacity = capacity, Foreign = capacity, Hypervisors = domains, ForeignDomains = domains, StoragePrepared = prepared, Conditions = conditions },
        };

    private static readonly Gen<InstanceType> _type =
        from metadata in _metadata from cpu in Gen.Choose(1, 9) from memory in _quantity from disk in _quantity from id in Gen.Choose(0, 9)
        select new InstanceType { Metadata = metadata, Spec = new() { Cpu = cpu, Memory = memory, Disk = disk }, Status = new() { Id = id } };

    private static readonly Gen<Image> _image =
        from metadata in _metadata from source in _word from checksum in Maybe(_word) from phase in Gen.Elements(Enum.GetValues<ImagePhase>())
        from format in MaybeValue(Gen.Elements(Enum.GetValues<DiskFormat>())) from size in MaybeValue(Bytes)
        select new Image { Metadata = metadata, Spec = new() { Source = source, Checksum = checksum }, Status = new() { Phase = phase, Format = format, SizeBytes = size } };

    private static readonly Gen<Event> _event =
        from metadata in _metadata from vm in Vm from reason in _word from count in Gen.Choose(1, 9) from first in MaybeValue(_time) from host in Maybe(_word)
        select new Event { Metadata = metadata, InvolvedObject = ObjectReference.To(vm), Reason = reason, Count = count, FirstTimestamp = first, Source = new() { Host = host } };

    /// <summary>An object as it comes out of the store, with its kind.</summary>
    public static readonly Gen<(ResourceType Type, Resource Object)> Any = Gen.OneOf(
        Of(ResourceTypes.VirtualMachines, Vm), Of(ResourceTypes.PhysicalMachines, Pm), Of(ResourceTypes.InstanceTypes, _type), Of(ResourceTypes.Images, _image), Of(ResourceTypes.Events, _event));

    private static Gen<(ResourceType, Resource)> Of<T>(ResourceType<T> type, Gen<T> gen)
        where T : Resource => gen.Select(made => ((ResourceType)type, (Resource)made with { ApiVersion = type.ApiVersion, Kind = type.Kind }));

    private static Gen<EquatableArray<T>> List<T>(Gen<T> item)
        where T : IEquatable<T> => from count in Gen.Choose(0, 2) from items in item.ArrayOf(count) select (EquatableArray<T>)[.. items];

    private static Gen<T?> Maybe<T>(Gen<T> gen)
        where T : class => Gen.OneOf(gen.Select(value => (T?)value), Gen.Constant<T?>(null));

    private static Gen<T?> MaybeValue<T>(Gen<T> gen)
        where T : struct => Gen.OneOf(gen.Select(value => (T?)value), Gen.Constant<T?>(null));
}
