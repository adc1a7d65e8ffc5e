using System.Xml.Linq;
using Orchestrator.Model;
using Orchestrator.Testing;
using Xunit.Abstractions;

namespace Orchestrator.Live;

/// <summary>What we do not own is counted, and left alone.</summary>
[Collection(nameof(LiveBed))]
public sealed class ForeignDomainTests(LiveBed bed, ITestOutputHelper output)
{
    [Fact]
    public async Task Domains_of_others_are_counted_and_never_touched()
    {
        await bed.CleanAsync();
        var host = bed.Hosts[0];
        await DefineAsync(host, "stranger");
        await host.VirshAsync("start", "stranger");
        await DefineAsync(host, "web");
        var process = await host.ProcessAsync("stranger");
        var definitions = (await host.DefinitionAsync("stranger"), await host.DefinitionAsync("web"));

        await using var cluster = await LiveCluster.JoinAsync(bed, output, null, ("Reconciler__SweepSeconds", "1"), ("Reconciler__DeepSweepSeconds", "2"), ("Reconciler__LookSeconds", "2"));
        var machine = (await cluster.Objects.GetAsync(ResourceTypes.PhysicalMachines, host.Name))!;
        Assert.Equal("stranger, web", string.Join(", ", machine.Status.ForeignDomains));
        var room = await cluster.Seed.CallAsync("/pm/query?pmid=1");
        Assert.Equal(64, room.GetProperty("capacity").GetProperty("ram").GetInt32() - room.GetProperty("free").GetProperty("ram").GetInt32());
        Assert.Equal(1, room.GetProperty("capacity").GetProperty("cpu").GetInt32() - room.GetProperty("free").GetProperty("cpu").GetInt32());

        // A VM that wants the stranger's name goes elsewhere, or says why it cannot.
        Assert.NotEqual(host, cluster.HostOf(await cluster.RunAsync(LiveCluster.Wish("web"))));
        await cluster.DeleteAsync("web");
        await cluster.IsGoneAsync("web");
        await cluster.CreateAsync(LiveCluster.Wish("web", host));
        var waiting = await cluster.SeesAsync("web", "says why it waits", vm => vm.Status.Condition("Ready") is { Status: ConditionStatus.False, Message: var why } && why.Contains("web", StringComparison.Ordinal));
        Assert.NotEqual(VmPhase.Running, waiting.Status.Phase);

        await cluster.RunAsync(LiveCluster.Wish("own", host));
        await cluster.DeleteAsync("own");
        await cluster.IsGoneAsync("own");
        Assert.Equal(process, await host.ProcessAsync("stranger"));
        Assert.Equal(definitions, (await host.DefinitionAsync("stranger"), await host.DefinitionAsync("web")));

        await host.VirshAsync("undefine", "web");
        Assert.Equal(host, cluster.HostOf(await cluster.RunsAsync("web")));
    }

    /// <summary>A name that is taken after the VM was placed: it waits, and goes on when the name is free, although no event is about it.</summary>
    [Fact]
    public async Task A_VM_whose_name_is_taken_later_goes_on_when_it_is_free()
    {
        await using var cluster = await LiveCluster.StartAsync(bed, output, null, ("Reconciler__SweepSeconds", "1"));
        var host = cluster.Hosts[0];
        await cluster.RunAsync(LiveCluster.Wish("web", host));
        Assert.Equal(0, await cluster.Server.StopAsync());
        await host.DisturbWithAsync("virsh destroy web && virsh undefine web && virsh define /run/web.xml", Definition("web"));
        await cluster.Server.StartAsync();
        await cluster.SeesAsync("web", "says why it waits", vm => vm.Status.Condition("Ready") is { Status: ConditionStatus.False, Reason: "NameTaken" });

        await host.VirshAsync("undefine", "web");
        await cluster.RunsAsync("web");
    }

    /// <summary>A server that lost its database, or another one, does not take what it does not know for rubbish.</summary>
    [Fact]
    public async Task A_server_with_an_empty_database_touches_nothing()
    {
        await using var first = await LiveCluster.StartAsync(bed, output);
        var vms = await Task.WhenAll(first.Hosts.Select((host, i) => first.RunAsync(LiveCluster.Wish($"mine-{i}", host))));
        var before = await ViewAsync(first);

        await using (var second = await LiveCluster.JoinAsync(bed, output, null, ("Reconciler__SweepSeconds", "1"), ("Reconciler__DeepSweepSeconds", "1"), ("Reconciler__LookSeconds", "1")))
        {
            foreach (var vm in vms)
            {
                var machine = (await second.Objects.GetAsync(ResourceTypes.PhysicalMachines, vm.Status.Host!))!;
                Assert.Equal([vm.Metadata.Name], machine.Status.ForeignDomains);
                Assert.Equal(64, machine.Status.Foreign!.MemoryMiB);
            }

            // It works beside the first one, and cleans up after itself alone.
            await second.RunAsync(LiveCluster.Wish("theirs", second.Hosts[0]));
            await second.DeleteAsync("theirs");
            await second.IsGoneAsync("theirs");
        }

        Assert.Equal(before, await ViewAsync(first));
    }

    /// <summary>Domains with their processes and definitions, and the disks.</summary>
    private static async Task<string> ViewAsync(LiveCluster cluster)
    {
        var hosts = await Task.WhenAll(cluster.Hosts.Select(async host => string.Join('\n', await Task.WhenAll((await host.DomainsAsync()).Select(async name =>
            $"{await host.ProcessAsync(name)} {await host.DefinitionAsync(name)}"))) + string.Join(',', host.StoredFiles("vm-"))));
        return string.Join('\n', hosts);
    }

    private static async Task DefineAsync(TestbedHost host, string name) =>
        await host.DisturbWithAsync($"virsh define /run/{name}.xml", Definition(name));

    private static XElement Definition(string name) => new("domain",
        new XAttribute("type", "qemu"),
        new XElement("name", name),
        new XElement("memory", new XAttribute("unit", "MiB"), 64),
        new XElement("vcpu", 1),
        new XElement("os", new XElement("type", new XAttribute("arch", "x86_64"), new XAttribute("machine", "q35"), "hvm")));
}
