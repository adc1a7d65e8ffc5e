using System.Text;

namespace Orchestrator.Model.Tests;

/// <summary>What JSON leaves out has the value that a new record has.</summary>
public sealed class ReadingTests
{
    private static Resource Read(ResourceType type, string json) => type.Parse(Encoding.UTF8.GetBytes(json));

    [Fact]
    public void A_vm_reads_with_its_defaults()
    {
        var vm = (VirtualMachine)Read(ResourceTypes.VirtualMachines, """{"spec":{"placement":{"antiAffinity":[{"matchLabels":{"a":"b"}}],"tolerations":[{"key":"k"}]}}}""");
        Assert.Equal(new VirtualMachineSpec().TerminationGracePeriodSeconds, vm.Spec.TerminationGracePeriodSeconds);
        Assert.Equal(RunStrategy.Always, vm.Spec.RunStrategy);
        Assert.True(vm.Spec.Placement!.AntiAffinity[0].Required);
        Assert.Equal(new ObjectMeta(), vm.Metadata);
        Assert.Equal(new VirtualMachineStatus(), vm.Status);
    }

    [Fact]
    public void A_pm_reads_with_its_defaults()
    {
        var pm = (PhysicalMachine)Read(ResourceTypes.PhysicalMachines, """{"spec":{"uri":"qemu:///system","taints":[{"key":"k"}],"overcommit":{"cpu":2}}}""");
        Assert.Equal(
            new PhysicalMachineSpec { Uri = "qemu:///system", Taints = [new Taint { Key = "k" }], Overcommit = new() { Cpu = 2 } },
            pm.Spec);
    }

    [Fact]
    public void An_event_reads_with_its_defaults()
    {
        var happened = (Event)Read(ResourceTypes.Events, """{"reason":"Started","involvedObject":{}}""");
        Assert.Equal(new Event { ApiVersion = "v1", Kind = "Event", Reason = "Started", InvolvedObject = new() }, happened);
    }

    [Theory]
    [InlineData("""{"spec":{"runStrategy":1}}""")]
    [InlineData("""{"spec":{"runStrategy":"Sometimes"}}""")]
    [InlineData("""{"spec":{"cpu":1,"cpu":2}}""")]
    [InlineData("""{"spec":null}""")]
    [InlineData("""{}""")]
    public void What_is_not_meant_is_refused(string json) =>
        Assert.ThrowsAny<System.Text.Json.JsonException>(() => Read(ResourceTypes.VirtualMachines, json));

    [Fact]
    public void What_is_written_reads_the_same()
    {
        var vm = new VirtualMachine
        {
            ApiVersion = "orchestrator.vm/v1",
            Kind = "VirtualMachine",
            Metadata = new() { Name = "a", Namespace = "b", Labels = new([new("c", "d")]), Uid = Guid.NewGuid(), Finalizers = ["x/y"] },
            Spec = new() { Cpu = 2, Memory = Quantity.Parse("512Mi"), RunStrategy = RunStrategy.Halted, TerminationGracePeriodSeconds = 0 },
            Status = new() { Id = 7, Phase = VmPhase.Running, Conditions = [new Condition { Type = "Ready", Status = ConditionStatus.True, Reason = "Fine" }] },
        };
        Assert.Equal(vm, ResourceTypes.VirtualMachines.Parse(ResourceTypes.VirtualMachines.Encode(vm)));
    }
}
