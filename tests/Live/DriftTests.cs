using System.Diagnostics;
using Orchestrator.Testing;
using Xunit.Abstractions;

namespace Orchestrator.Live;

/// <summary>Somebody disturbs VMs behind the server's back, in every way that libvirt's own tools offer.</summary>
[Collection(nameof(LiveBed))]
public sealed class DriftTests(LiveBed bed, ITestOutputHelper output)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);
    private static readonly string[] _owned = ["<vcpu", "<memory", "<currentMemory", "<source file", "<target dev", "<orchestrator:vm"];

    /// <summary>
    /// One way to disturb a VM: what is done on its host (NAME, PID and XML, its stored definition, stand for the VM's), and what
    /// tells that it has been repaired.
    /// </summary>
    private static readonly (string Name, string Script, Func<Scene, Task<bool>> Repaired)[] _ways =
    [
        ("destroy", "virsh destroy NAME", HasRestartedAsync),
        ("undefine", "virsh undefine NAME", IsPersistentAsync),
        ("destroy-and-undefine", "virsh destroy NAME && virsh undefine NAME", HasRestartedAsync),
        ("suspend", "virsh suspend NAME", RunsAsync),
        ("shutdown", "virsh shutdown NAME", HasRestartedAsync),
        ("kill-qemu", "kill -9 PID", HasRestartedAsync),
        ("redefine-cpu", "sed -i -E 's|<vcpu[^>]*>[0-9]+|<vcpu>3|' XML && virsh define XML", IsDefinedAsBeforeAsync),
        ("redefine-memory", "sed -i -E 's|(emory unit=.KiB.>)[0-9]+|\\140960|' XML && virsh define XML", IsDefinedAsBeforeAsync),
        ("redefine-disk", "sed -i -E \"s|(<source file=.[^']*)|\\1.other|\" XML && virsh define XML", IsDefinedAsBeforeAsync),
        ("remove-mark", "virsh metadata NAME --uri https://orchestrator.vm/libvirt/1 --remove --config --live", IsDefinedAsBeforeAsync),
    ];

    /// <summary>Of this libvirt tells nobody.</summary>
    private static readonly (string Name, string Script, Func<Scene, Task<bool>> Repaired) _silent =
        ("detach-disk", "virsh detach-disk NAME vda --config", IsDefinedAsBeforeAsync);

    /// <summary>Sweeps are far away: only events can be the reason.</summary>
    [Fact]
    public Task Repaired_by_events() => RepairedAsync("by event", _ways, ("Reconciler__SweepSeconds", "3600"), ("Reconciler__DeepSweepSeconds", "3600"), ("Reconciler__LookSeconds", "3600"));

    /// <summary>As if every event were lost.</summary>
    [Fact]
    public Task Repaired_by_sweeps() => RepairedAsync("by sweeps (1 s light, 2 s deep)", [.. _ways, _silent], ("Libvirt__Events", "false"), ("Reconciler__SweepSeconds", "1"), ("Reconciler__DeepSweepSeconds", "2"));

    private async Task RepairedAsync(
        string how, (string Name, string Script, Func<Scene, Task<bool>> Repaired)[] ways, params (string Name, string Value)[] settings)
    {
        await using var cluster = await LiveCluster.StartAsync(bed, output, null, settings);
        foreach (var (way, i) in ways.Select((way, i) => (way, i)))
        {
            await cluster.CreateAsync(LiveCluster.Wish(way.Name, cluster.Hosts[i % cluster.Hosts.Count], image: way.Name == "shutdown", memory: 96));
        }

        foreach (var (name, script, repaired) in ways)
        {
            var host = cluster.HostOf(await cluster.RunsAsync(name));
            if (name == "shutdown")
            {
                await host.PrintsAsync(name, "READY");
            }

            var scene = new Scene(host, name, await host.ProcessAsync(name), await host.DefinitionAsync(name));
            await host.DisturbAsync(script, scene);
            var began = Stopwatch.GetTimestamp();
            await Eventually.HoldsAsync($"{name} is repaired {how}", () => repaired(scene), Patience);
            cluster.Note($"{name} repaired {how}", began);
        }

        // Everything is as it was, and stays so: nothing more is done.
        foreach (var (name, _, _) in ways)
        {
            var vm = await cluster.RunsAsync(name);
            Assert.Equal("running", await cluster.HostOf(vm).StateAsync(name));
        }

        Assert.Equal(ways.Length, (await cluster.DomainsAsync()).Length);
    }

    private static async Task<bool> HasRestartedAsync(Scene scene) =>
        await scene.Host.ProcessAsync(scene.Domain) is { } pid && pid != scene.Process && await RunsAsync(scene) && await IsPersistentAsync(scene);

    private static async Task<bool> RunsAsync(Scene scene) => await scene.Host.StateAsync(scene.Domain) == "running";

    private static async Task<bool> IsPersistentAsync(Scene scene) =>
        (await scene.Host.ExecAsync(["virsh", "dominfo", scene.Domain])).Output.Split('\n').Any(line => line.StartsWith("Persistent:", StringComparison.Ordinal) && line.EndsWith("yes", StringComparison.Ordinal));

    /// <summary>The definition is the same as before, and the guest was not disturbed.</summary>
    private static async Task<bool> IsDefinedAsBeforeAsync(Scene scene) =>
        Essence(await scene.Host.DefinitionAsync(scene.Domain)) == Essence(scene.Definition) && await scene.Host.ProcessAsync(scene.Domain) == scene.Process;

    /// <summary>The lines that the disturbances change. The order of elements is libvirt's business.</summary>
    private static string Essence(string definition) => string.Join('\n', definition.Split('\n').Select(line => line.Trim()).Where(line =>
        _owned.Any(start => line.StartsWith(start, StringComparison.Ordinal))));
}
