using Orchestrator.Model;
using static Orchestrator.Planning.Tests.PlacementWorld;

namespace Orchestrator.Planning.Tests;

/// <summary>What each filter refuses, and what it says.</summary>
public class PlacementFilterTests
{
    private static readonly PhysicalMachine _pm = Pm(1, Size(8, 8192, 100));
    private static readonly VirtualMachine _vm = Vm(1);

    /// <summary>A case: what the PM is, what the VM asks, and all reasons it then gets ("" when it is taken).</summary>
    private static readonly Dictionary<string, (PhysicalMachine Pm, VirtualMachine Vm, string Expected)> _cases = new(StringComparer.Ordinal)
    {
        ["nothing in the way"] = (_pm, _vm, ""),
        ["the wanted host"] = (_pm, Vm(1, new() { Host = "pm-1" }), ""),
        ["another host wanted, all else silent"] = (Cordon(_pm), Vm(1, new() { Host = "pm-2" }), "NotTheWantedHost: the VM must be on pm-2"),
        ["being deleted, all else silent"] = (Cordon(_pm) with { Metadata = _pm.Metadata with { DeletionTimestamp = DateTimeOffset.UnixEpoch } }, _vm, "BeingDeleted: is being deleted"),
        ["cordoned"] = (Cordon(_pm), _vm, "Cordoned: is cordoned"),
        ["unreachable, and says why"] = (
            With(_pm, status => status with { Phase = MachinePhase.Unreachable, Conditions = [new() { Type = "Ready", Status = ConditionStatus.False, Reason = "x", Message = "no route" }] }),
            _vm, "NotReady: is Unreachable: no route"),
        ["pending"] = (With(_pm, status => status with { Phase = MachinePhase.Pending }), _vm, "NotReady: is Pending"),
        ["capacity unknown"] = (With(_pm, status => status with { Capacity = null }), _vm, "NotReady: its capacity is not known yet"),
        ["no hypervisor"] = (With(_pm, status => status with { Hypervisors = [] }), _vm, "NoHypervisor: no hypervisor starts guests there"),
        ["not the chosen hypervisor"] = (_pm with { Spec = _pm.Spec with { Hypervisor = HypervisorChoice.Kvm } }, _vm, "NoHypervisor: its spec asks for Kvm, guests start there with qemu"),
        ["the chosen hypervisor"] = (_pm with { Spec = _pm.Spec with { Hypervisor = HypervisorChoice.Qemu } }, _vm, ""),
        ["name taken"] = (With(_pm, status => status with { ForeignDomains = ["a", "vm-1"] }), _vm, "DomainNameTaken: has another domain named vm-1"),
        ["name taken by an orphan"] = (With(_pm, status => status with { OrphanDomains = ["vm-1"] }), _vm, "DomainNameTaken: has another domain named vm-1"),
        ["name free in another namespace"] = (With(_pm, status => status with { ForeignDomains = ["vm-1"] }), InTeam(_vm), ""),
        ["name taken in another namespace"] = (With(_pm, status => status with { ForeignDomains = ["team:vm-1"] }), InTeam(_vm), "DomainNameTaken: has another domain named team:vm-1"),
        ["labels there"] = (_pm.Labelled(("disk", "ssd"), ("zone", "a")), Vm(1, new() { NodeSelector = Labels(("disk", "ssd")) }), ""),
        ["labels other or missing"] = (_pm.Labelled(("disk", "hdd")), Vm(1, new() { NodeSelector = Labels(("disk", "ssd"), ("zone", "a")) }), "LabelsDiffer: lacks disk=ssd, zone=a"),
        ["taint"] = (Taint(_pm, "gpu", "a100"), _vm, "UntoleratedTaint: has the taint gpu=a100"),
        ["taint without value"] = (Taint(_pm, "gpu", ""), _vm, "UntoleratedTaint: has the taint gpu"),
        ["tolerated by key"] = (Taint(_pm, "gpu", "a100"), Vm(1, new() { Tolerations = [new() { Key = "gpu" }] }), ""),
        ["tolerated by key and value"] = (Taint(_pm, "gpu", "a100"), Vm(1, new() { Tolerations = [new() { Key = "gpu", Value = "a100" }] }), ""),
        ["another value tolerated"] = (Taint(_pm, "gpu", "a100"), Vm(1, new() { Tolerations = [new() { Key = "gpu", Value = "h100" }] }), "UntoleratedTaint: has the taint gpu=a100"),
        ["another key tolerated"] = (Taint(_pm, "gpu", "a100"), Vm(1, new() { Tolerations = [new() { Key = "lab" }] }), "UntoleratedTaint: has the taint gpu=a100"),
        ["several reasons"] = (Cordon(Taint(With(_pm, status => status with { Phase = MachinePhase.NotReady }), "gpu", "")), _vm, "NotReady: is NotReady | Cordoned: is cordoned | UntoleratedTaint: has the taint gpu"),
    };

    public static TheoryData<string> Cases { get; } = [.. _cases.Keys];

    [Theory]
    [MemberData(nameof(Cases))]
    public void Filters_refuse(string name)
    {
        var (pm, vm, expected) = _cases[name];
        Assert.Equal(expected, Reasons(vm, Size(1, 1, 1), pm));
    }

    [Theory]
    [InlineData(8, 8192, 100, 1, "")]
    [InlineData(9, 8192, 100, 1, "TooLittleCpu: needs 9 cpu, it has 8")]
    [InlineData(8, 8193, 100, 1, "TooLittleMemory: needs 8193 MiB of memory, 8192 of 8192 are free")]
    [InlineData(8, 8192, 101, 1, "TooLittleDisk: needs 101 GiB of disk, 100 of 100 are free")]
    [InlineData(9, 9000, 101, 1, "TooLittleCpu: needs 9 cpu, it has 8 | TooLittleMemory: needs 9000 MiB of memory, 8192 of 8192 are free | TooLittleDisk: needs 101 GiB of disk, 100 of 100 are free")]
    [InlineData(8, 12288, 150, 1.5, "")]
    [InlineData(13, 1, 1, 1.5, "TooLittleCpu: needs 13 cpu, it has 8")]
    [InlineData(1, 1, 29, 0.29, "")]
    [InlineData(1, 1, 30, 0.29, "TooLittleDisk: needs 30 GiB of disk, 29 of 29 are free (overcommit 0.29)")]
    public void Room_is_capacity_times_overcommit(int cpu, long memory, long disk, double factor, string expected) =>
        Assert.Equal(expected, Reasons(_vm, Size(cpu, memory, disk), _pm with { Spec = _pm.Spec with { Overcommit = new() { Cpu = factor, Memory = factor, Disk = factor } } }));

    [Fact]
    public void Overcommit_is_for_many_VMs_together()
    {
        var pm = _pm with { Spec = _pm.Spec with { Overcommit = new() { Cpu = 1.5 } } };
        Assert.Equal("", Reasons(_vm, Size(4, 1, 1), pm, Vm(2).On("pm-1", Size(8))));
        Assert.Equal("TooLittleCpu: needs 5 cpu, 4 of 12 are free (overcommit 1.5)", Reasons(_vm, Size(5, 1, 1), pm, Vm(2).On("pm-1", Size(8))));
    }

    [Fact]
    public void What_is_bound_and_what_is_foreign_takes_room()
    {
        var pm = With(_pm, status => status with { Foreign = Size(1, 1024, 10) });
        var bound = Vm(2).On("pm-1", Size(2, 2048, 20));
        Assert.Equal("", Reasons(_vm, Size(5, 5120, 70), pm, bound));
        Assert.Equal("TooLittleCpu: needs 6 cpu, 5 of 8 are free", Reasons(_vm, Size(6, 5120, 70), pm, bound));
        var deleting = bound with { Metadata = bound.Metadata with { DeletionTimestamp = DateTimeOffset.UnixEpoch } };
        Assert.Equal("TooLittleCpu: needs 6 cpu, 5 of 8 are free", Reasons(_vm, Size(6, 5120, 70), pm, deleting));
    }

    [Fact]
    public void A_host_that_gave_too_much_has_none_free_and_still_takes_what_needs_none()
    {
        var bound = Vm(2).On("pm-1", Size(12));
        Assert.Equal("TooLittleCpu: needs 1 cpu, 0 of 8 are free", Reasons(_vm, Size(1, 1, 1), _pm, bound));
        Assert.Equal("", Reasons(_vm, Size(0, 1, 1), _pm, bound));
    }

    [Fact]
    public void Could_it_ever_fit_looks_past_readiness_only()
    {
        var never = With(_pm, status => status with { Phase = MachinePhase.Pending, Capacity = null, Hypervisors = [] });
        Assert.Equal("pm-1", Ever(never, Size(9999)).Host);
        var away = With(_pm, status => status with { Phase = MachinePhase.Unreachable });
        Assert.Equal("pm-1", Ever(away, Size(8)).Host);
        Assert.Null(Ever(away, Size(9)).Host);
        Assert.Null(Ever(Cordon(away), Size(1)).Host);

        static PlacementDecision Ever(PhysicalMachine pm, Resources needs) =>
            Placement.Decide(new(_vm with { Metadata = _vm.Metadata with { Uid = null } }, needs, IgnoreReadiness: true), Fleet.Of([pm], []), Policy("random"));
    }

    [Fact]
    public void The_summary_counts_reasons()
    {
        EquatableArray<PhysicalMachine> pms = [Pm(1, Size(4, 512, 9)), Pm(2, Size(4, 512, 9)), Cordon(Pm(3))];
        var decision = Decide(_vm, Size(1, 1024, 1), pms, []);
        Assert.Equal("0 of 3 PMs can take it: 2 too little memory, 1 cordoned", decision.Summary);
        Assert.Equal("pm-1: needs 1024 MiB of memory, 512 of 512 are free", decision.Rejections[0].ToString());
        Assert.Equal("1 of 2 PMs can take it; first-fit chose pm-4", Decide(_vm, Size(1, 1024, 1), [pms[0], Pm(4)], []).Summary);
        Assert.Equal("there are no PMs", Decide(_vm, Size(1), [], []).Summary);
        Assert.Equal("there is no PM named 'pm-9'", Decide(Vm(1, new() { Host = "pm-9" }), Size(1), pms, []).Summary);
    }

    private static string Reasons(VirtualMachine vm, Resources needs, PhysicalMachine pm, params VirtualMachine[] bound) =>
        string.Join(" | ", Decide(vm, needs, [pm], bound).Rejections.Select(rejection => $"{rejection.Reason}: {rejection.Message}"));

    private static PhysicalMachine Cordon(PhysicalMachine pm) => pm with { Spec = pm.Spec with { Cordoned = true } };

    private static PhysicalMachine Taint(PhysicalMachine pm, string key, string value) => pm with { Spec = pm.Spec with { Taints = [new() { Key = key, Value = value }] } };

    private static PhysicalMachine With(PhysicalMachine pm, Func<PhysicalMachineStatus, PhysicalMachineStatus> change) => pm with { Status = change(pm.Status) };

    private static VirtualMachine InTeam(VirtualMachine vm) => vm with { Metadata = vm.Metadata with { Namespace = "team" } };
}
