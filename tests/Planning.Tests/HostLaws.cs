using Orchestrator.Model;

namespace Orchestrator.Planning.Tests;

/// <summary>What is decided and said about a PM itself.</summary>
public sealed class HostLaws
{
    private static readonly DateTimeOffset _now = DateTimeOffset.UnixEpoch.AddDays(1);
    private static readonly PhysicalMachineSpec _spec = new() { Uri = "qemu+ssh://pm1/system", StoragePath = "/pool" };
    private static readonly Guid _known = Guid.Parse("11111111-2222-4333-8444-555555555555");
    private static readonly Guid _orphan = Guid.Parse("99999999-2222-4333-8444-555555555555");

    [Theory]
    [InlineData(true, true, false, null, null)]
    [InlineData(true, true, true, null, null)]
    [InlineData(false, false, false, true, null)] // fresh: made and marked
    [InlineData(true, false, false, true, null)]
    [InlineData(false, false, true, false, null)] // known: made usable again, but never marked anew
    [InlineData(true, false, true, null, "StorageMarkMissing")]
    public void A_storage_folder_is_marked_once_and_then_must_bear_its_mark(bool active, bool marked, bool prepared, bool? mayMark, string? blocked)
    {
        var plan = HostPlanner.Plan("pm1", _spec, new(active, marked), prepared);
        Assert.Equal(mayMark is { } may ? [new PrepareStorage("pm1", "/pool", may)] : [], plan.Steps);
        Assert.Equal(blocked, plan.Blocked?.Reason);
    }

    [Fact]
    public void A_usable_PM_is_ready_and_its_strangers_are_told_apart()
    {
        var status = HostReport.Of(Machine(), Seen(), new HashSet<Guid> { _known }, Plan.Nothing, null, _now);
        Assert.Equal((MachinePhase.Ready, true), (status.Phase, status.StoragePrepared));
        Assert.Equal(["lost"], status.OrphanDomains);
        Assert.Equal(["theirs", "web"], status.ForeignDomains);
        Assert.Equal(ConditionStatus.True, status.Condition(HostReport.Ready)!.Status);
        Assert.Equal(status, HostReport.Of(Machine() with { Status = status }, Seen(), new HashSet<Guid> { _known }, Plan.Nothing, null, _now.AddHours(1)));
    }

    [Theory]
    [InlineData(HypervisorChoice.Auto, MachinePhase.Ready)]
    [InlineData(HypervisorChoice.Qemu, MachinePhase.Ready)]
    [InlineData(HypervisorChoice.Kvm, MachinePhase.NotReady)]
    public void A_PM_without_the_wanted_hypervisor_is_not_ready(HypervisorChoice wanted, MachinePhase expected)
    {
        var machine = Machine() with { Spec = _spec with { Hypervisor = wanted } };
        Assert.Equal(expected, HostReport.Of(machine, Seen(), new HashSet<Guid>(), Plan.Nothing, null, _now).Phase);
    }

    [Fact]
    public void What_stands_in_the_way_is_said_the_failure_first()
    {
        var blocked = Plan.Stop("StorageMarkMissing", "is its disk mounted?");
        Assert.Equal("StorageMarkMissing", Reason(HostReport.Of(Machine(), Seen(), new HashSet<Guid>(), blocked, null, _now)));
        Assert.Equal("StepFailed", Reason(HostReport.Of(Machine(), Seen(), new HashSet<Guid>(), blocked, "refused", _now)));
        Assert.Equal("NoHypervisor", Reason(HostReport.Of(Machine(), Seen() with { Hypervisors = [] }, new HashSet<Guid>(), Plan.Nothing, null, _now)));
    }

    [Fact]
    public void A_PM_that_does_not_answer_keeps_what_was_known()
    {
        var machine = Machine();
        var known = HostReport.Of(machine, Seen(), new HashSet<Guid>(), Plan.Nothing, null, _now);
        var lost = HostReport.Unreachable(machine with { Status = known }, "no route", _now);
        Assert.Equal((MachinePhase.Unreachable, known.Capacity, known.Hypervisors, true), (lost.Phase, lost.Capacity, lost.Hypervisors, lost.StoragePrepared));
        Assert.Equal((ConditionStatus.Unknown, "no route"), (lost.Condition(HostReport.Ready)!.Status, lost.Condition(HostReport.Ready)!.Message));
    }

    [Fact]
    public void A_PM_that_is_to_go_says_what_keeps_it()
    {
        var going = Machine() with { Metadata = new() { Name = "pm1", DeletionTimestamp = _now } };
        var status = HostReport.InUse(going, 3, _now);
        Assert.Equal((MachinePhase.Terminating, "3 VMs are still bound to it; delete them first"), (status.Phase, status.Condition(HostReport.Ready)!.Message));
        Assert.Equal(MachinePhase.Terminating, HostReport.Unreachable(going, "away", _now).Phase);
    }

    private static string Reason(PhysicalMachineStatus status) => status.Condition(HostReport.Ready)!.Reason;

    private static PhysicalMachine Machine() => new() { Metadata = new() { Name = "pm1", Generation = 1 }, Spec = _spec };

    private static ObservedHost Seen() => new(
        "pm1", "x86_64", "EPYC", new() { Cpu = 8, MemoryMiB = 1024, DiskGiB = 10 }, new(), ["qemu"], "9.0.0", "QEMU 7.2.0",
        ["web", "theirs"], [(_orphan, "lost"), (_known, "mine")], new(Active: true, Marked: true));
}
