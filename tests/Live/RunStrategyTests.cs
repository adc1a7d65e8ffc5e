using System.Diagnostics;
using Orchestrator.Model;
using Orchestrator.Planning;
using Orchestrator.Testing;
using Xunit.Abstractions;

namespace Orchestrator.Live;

[Collection(nameof(LiveBed))]
public sealed class RunStrategyTests(LiveBed bed, ITestOutputHelper output)
{
    private static readonly TimeSpan Boot = TimeSpan.FromMinutes(2);

    /// <summary>A real guest is given more and less as it runs, and the rest when it is next started.</summary>
    [Fact]
    public async Task A_guest_is_resized_live_where_it_can_be()
    {
        await using var cluster = await LiveCluster.StartAsync(bed, output);
        var vm = await cluster.RunAsync(LiveCluster.Wish("sized", image: true, memory: 192));
        await cluster.PatchAsync("sized", """{"terminationGracePeriodSeconds": 60}""");
        var host = cluster.HostOf(vm);
        await host.PrintsAsync("sized", "READY");
        var process = await host.ProcessAsync("sized");

        await cluster.PatchAsync("sized", """{"cpu": 2}""");
        await host.PrintsAsync("sized", "CPUS 2");
        Assert.Equal("2", await host.VirshAsync("vcpucount", "--live", "--current", "sized"));

        await cluster.PatchAsync("sized", """{"memory": "128Mi"}""");
        await host.PrintsAsync("sized", "MEM ");
        await Eventually.SeesAsync("the balloon is at 128 MiB", () => host.VirshAsync("dommemstat", "sized"), told => told.Contains("actual 131072", StringComparison.Ordinal));

        await cluster.PatchAsync("sized", """{"memory": "256Mi"}""");
        await cluster.SeesAsync("sized", "needs a restart", now => now.Status.Condition(MachineReport.RestartRequired) is { Status: ConditionStatus.True, Message: var why }
            && why.Contains("256Mi", StringComparison.Ordinal));
        Assert.Equal(process, await host.ProcessAsync("sized"));

        await cluster.PatchAsync("sized", """{"runStrategy": "Halted"}""");
        await cluster.SeesAsync("sized", "is stopped", now => now.Status.Phase is VmPhase.Stopped, Boot);
        Assert.Contains("STOPPING", host.ConsoleOf("sized"), StringComparison.Ordinal);
        await cluster.PatchAsync("sized", """{"runStrategy": "Always"}""");
        await cluster.SeesAsync("sized", "runs without need of a restart", now => now.Status.Phase is VmPhase.Running && now.Status.Condition(MachineReport.RestartRequired) is null);
        await host.PrintsAsync("sized", "READY", times: 2, Boot);
        Assert.Contains("boots=2 cpus=2", host.ConsoleOf("sized"), StringComparison.Ordinal);
        Assert.Contains("262144 KiB", await host.VirshAsync("dominfo", "sized"), StringComparison.Ordinal);
    }

    /// <summary>A guest without an operating system hears nothing: it is stopped by force, but not before its time.</summary>
    [Fact]
    public async Task A_deaf_guest_is_stopped_by_force_after_its_grace_period()
    {
        await using var cluster = await LiveCluster.StartAsync(bed, output);
        var host = cluster.HostOf(await cluster.RunAsync(LiveCluster.Wish("deaf")));
        await cluster.PatchAsync("deaf", """{"runStrategy": "Halted", "terminationGracePeriodSeconds": 4}""");
        var began = Stopwatch.GetTimestamp();
        await cluster.SeesAsync("deaf", "is asked to stop", vm => vm.Status.Phase is VmPhase.Stopping);
        await cluster.SeesAsync("deaf", "is stopped", vm => vm.Status.Phase is VmPhase.Stopped);
        cluster.Note("a deaf guest stopped, 4 s of grace", began);
        Assert.InRange(Stopwatch.GetElapsedTime(began).TotalSeconds, 3, 30);
        Assert.Equal("shut off", await host.StateAsync("deaf"));
        await cluster.ToldAsync("deaf", "ShutdownRequested");
        await cluster.ToldAsync("deaf", "Stopped");
    }

    [Fact]
    public async Task RerunOnFailure_and_Manual_do_what_they_say()
    {
        await using var cluster = await LiveCluster.StartAsync(bed, output);
        var manual = LiveCluster.Wish("manual");
        await cluster.CreateAsync(manual with { Spec = manual.Spec with { RunStrategy = RunStrategy.Manual } });
        var task = LiveCluster.Wish("task", image: true, memory: 96);
        var host = cluster.HostOf(await cluster.RunAsync(task with { Spec = task.Spec with { RunStrategy = RunStrategy.RerunOnFailure } }));

        var own = cluster.HostOf(await cluster.SeesAsync("manual", "is there, and off", vm => vm.Status.Phase is VmPhase.Stopped));
        Assert.Equal("shut off", await own.StateAsync("manual"));
        await own.VirshAsync("start", "manual");
        await cluster.RunsAsync("manual");
        await own.VirshAsync("destroy", "manual");
        await cluster.SeesAsync("manual", "is left off", vm => vm.Status.Phase is VmPhase.Stopped);

        var process = await host.ProcessAsync("task");
        await host.ExecAsync(["kill", "-9", $"{process}"]);
        await Eventually.SeesAsync("a failed guest is started again", () => host.ProcessAsync("task"), now => now is not null && now != process);
        await host.PrintsAsync("task", "READY", within: Boot);
        await host.VirshAsync("shutdown", "task");
        await cluster.SeesAsync("task", "has succeeded", vm => vm.Status.Phase is VmPhase.Succeeded, Boot);
        Assert.Equal("shut off", await host.StateAsync("task"));
        Assert.Equal("shut off", await own.StateAsync("manual"));
    }
}
