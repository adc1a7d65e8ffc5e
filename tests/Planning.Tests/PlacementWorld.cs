using FsCheck;
using FsCheck.Fluent;
using Orchestrator.Model;

namespace Orchestrator.Planning.Tests;

/// <summary>PMs and VMs for placement tests, by hand and generated.</summary>
internal static class PlacementWorld
{
    public static readonly Resources Roomy = Size(64, 65536, 1000);

    public static Resources Size(int cpu, long memory = 0, long disk = 0) => new() { Cpu = cpu, MemoryMiB = memory, DiskGiB = disk };

    public static StringMap Labels(params (string Key, string Value)[] pairs) => new(pairs.Select(pair => KeyValuePair.Create(pair.Key, pair.Value)));

    /// <summary>A PM that is ready for anything.</summary>
    public static PhysicalMachine Pm(int id, Resources? capacity = null) => new()
    {
        Metadata = new() { Name = $"pm-{id}" },
        Spec = new() { Uri = "test:///default", Overcommit = new() { Cpu = 1 } },
        Status = new() { Id = id, Phase = MachinePhase.Ready, Capacity = capacity ?? Roomy, Hypervisors = ["qemu"] },
    };

    public static PhysicalMachine Labelled(this PhysicalMachine machine, params (string, string)[] labels) =>
        machine with { Metadata = machine.Metadata with { Labels = Labels(labels) } };

    public static VirtualMachine Vm(int id, VmPlacement? placement = null, params (string, string)[] labels) => new()
    {
        Metadata = new() { Name = $"vm-{id}", Namespace = "default", Uid = Uid(id), Labels = Labels(labels) },
        Spec = new() { Placement = placement },
        Status = new() { Id = id },
    };

    public static VirtualMachine On(this VirtualMachine vm, string host, Resources? reserved = null) =>
        vm with { Status = vm.Status with { Host = host, Reserved = reserved ?? Size(1) } };

    public static Guid Uid(int id) => new(id, 0, 0, [1, 2, 3, 4, 5, 6, 7, 8]);

    public static PlacementPolicies Policies(PlacementOptions? options = null)
    {
        var (policies, errors) = PlacementPolicies.From(options ?? new());
        Assert.Empty(errors);
        return policies!;
    }

    public static PlacementPolicy Policy(string name) => Policies().Find(name) ?? throw new ArgumentException(name, nameof(name));

    public static PlacementDecision Decide(VirtualMachine vm, Resources needs, IEnumerable<PhysicalMachine> machines, IEnumerable<VirtualMachine> bound, string policy = "first-fit") =>
        Placement.Decide(new(vm, needs), Fleet.Of(machines, bound), Policy(policy));

    /// <summary>Places the VMs one after another; those that fit nowhere stay out.</summary>
    public static Fleet PlaceAll(Fleet fleet, IEnumerable<Wanted> wanted, PlacementPolicy policy) =>
        wanted.Aggregate(fleet, (so, next) => Placement.Decide(new(next.Vm, next.Needs), so, policy) is { Host: { } host }
            ? so.With(next.Vm.On(host, next.Needs))
            : so);

    public static readonly Gen<string> PolicyName = Gen.Elements(PlacementScores.All.Select(score => score.Name));

    private static Gen<T> Rarely<T>(Gen<T> gen, T otherwise) => Gen.Frequency((1, gen), (11, Gen.Constant(otherwise)));

    private static readonly Gen<StringMap> _pmLabels = Gen.Elements(
        StringMap.Empty, Labels(("zone", "a")), Labels(("zone", "b")), Labels(("zone", "a"), ("disk", "ssd")));

    private static readonly Gen<StringMap> _vmLabels = Gen.Elements(
        StringMap.Empty, Labels(("app", "web")), Labels(("app", "db")), Labels(("app", "web"), ("tier", "1")));

    private static readonly Gen<Resources> _capacity =
        from cpu in Gen.Choose(0, 16) from memory in Gen.Choose(0, 16) from disk in Gen.Choose(0, 60) select Size(cpu, memory * 512, disk);

    private static readonly Gen<Resources> _needs =
        from cpu in Gen.Choose(0, 4) from memory in Gen.Choose(0, 4) from disk in Gen.Choose(0, 15) select Size(cpu, memory * 512, disk);

    private static readonly Gen<double> _factor = Gen.Elements(1.0, 1.0, 1.0, 0.29, 1.5, 4.0);

    private static readonly Gen<AffinityTerm> _term =
        from labels in _vmLabels
        from key in Gen.Elements(null, null, "zone")
        from required in Gen.Elements(true, true, false)
        select new AffinityTerm { MatchLabels = labels, TopologyKey = key, Required = required };

    private static readonly Gen<EquatableArray<AffinityTerm>> _terms =
        from count in Gen.Frequency((8, Gen.Constant(0)), (2, Gen.Constant(1)), (1, Gen.Constant(2)))
        from terms in _term.ArrayOf(count)
        select (EquatableArray<AffinityTerm>)[.. terms];

    /// <summary>A PM with anything that can be in the way, each rarely.</summary>
    public static Gen<PhysicalMachine> AnyPm(int id) =>
        from capacity in _capacity
        from foreign in Rarely(_needs, null!)
        from labels in _pmLabels
        from phase in Rarely(Gen.Elements(Enum.GetValues<MachinePhase>()), MachinePhase.Ready)
        from known in Rarely(Gen.Constant(false), true)
        from cordoned in Rarely(Gen.Constant(true), false)
        from taints in Rarely(Gen.Elements<EquatableArray<Taint>>([new() { Key = "gpu" }], [new() { Key = "gpu", Value = "a100" }, new() { Key = "lab" }]), [])
        from hypervisors in Rarely(Gen.Elements<EquatableArray<string>>(["kvm", "qemu"], []), ["qemu"])
        from choice in Rarely(Gen.Constant(HypervisorChoice.Kvm), HypervisorChoice.Auto)
        from names in Gen.Elements<EquatableArray<string>>([], [], ["vm-1001", "team:vm-1002"])
        from deleting in Rarely(Gen.Constant<DateTimeOffset?>(DateTimeOffset.UnixEpoch), null)
        from cpu in _factor
        from memory in _factor
        from disk in _factor
        select new PhysicalMachine
        {
            Metadata = new() { Name = $"pm-{id}", Labels = labels, DeletionTimestamp = deleting },
            Spec = new() { Uri = "test:///default", Cordoned = cordoned, Taints = taints, Hypervisor = choice, Overcommit = new() { Cpu = cpu, Memory = memory, Disk = disk } },
            Status = new() { Id = id, Phase = phase, Capacity = known ? capacity : null, Foreign = foreign, Hypervisors = hypervisors, ForeignDomains = names },
        };

    /// <summary>A VM with any wishes, each rarely.</summary>
    public static Gen<Wanted> AnyVm(int id) =>
        from needs in _needs
        from labels in _vmLabels
        from @namespace in Gen.Elements("default", "default", "team")
        from affinity in _terms
        from antiAffinity in _terms
        from host in Rarely(Gen.Choose(1, 7).Select(at => $"pm-{at}"), null!)
        from selector in Rarely(_pmLabels, StringMap.Empty)
        from tolerations in Gen.Elements<EquatableArray<Toleration>>([], [new() { Key = "gpu" }], [new() { Key = "gpu", Value = "a100" }, new() { Key = "lab", Value = "" }])
        select new Wanted(
            new()
            {
                Metadata = new() { Name = $"vm-{id}", Namespace = @namespace, Uid = Uid(id), Labels = labels },
                Spec = new() { Placement = new() { Host = host, NodeSelector = selector, Tolerations = tolerations, Affinity = affinity, AntiAffinity = antiAffinity } },
                Status = new() { Id = id },
            },
            needs);

    /// <summary>Some PMs, VMs that are bound anyhow (even where they do not fit: PMs change), and VMs that want a place.</summary>
    public static readonly Gen<World> AnyWorld =
        from pms in Gen.Choose(0, 6)
        from machines in Gen.CollectToArray(Enumerable.Range(1, pms), AnyPm)
        from bound in Gen.CollectToArray(Enumerable.Range(1, 3), id => from vm in AnyVm(id) from at in Gen.Choose(1, 7) from deleting in Gen.Choose(0, 3) select Bound(vm, at, deleting == 0))
        from wanted in Gen.CollectToArray(Enumerable.Range(1001, 12), AnyVm)
        from policy in PolicyName
        select new World([.. machines], [.. bound], [.. wanted], policy);

    private static VirtualMachine Bound(Wanted wanted, int at, bool deleting)
    {
        var vm = wanted.Vm.On($"pm-{at}", wanted.Needs);
        return deleting ? vm with { Metadata = vm.Metadata with { DeletionTimestamp = DateTimeOffset.UnixEpoch } } : vm;
    }
}

/// <summary>A VM that looks for a place, and its size.</summary>
internal sealed record Wanted(VirtualMachine Vm, Resources Needs);

internal sealed record World(EquatableArray<PhysicalMachine> Machines, EquatableArray<VirtualMachine> Bound, EquatableArray<Wanted> Wanted, string PolicyName)
{
    public Fleet Fleet => Fleet.Of(Machines, Bound);

    public PlacementPolicy Policy => PlacementWorld.Policy(PolicyName);
}
