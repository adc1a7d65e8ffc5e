using Orchestrator.Model;

namespace Orchestrator.Cli.Tests;

public sealed class WritingTests : IAsyncLifetime
{
    private World _world = null!;

    public async Task InitializeAsync() => _world = await Fixtures.FleetAsync();

    public async Task DisposeAsync() => await _world.DisposeAsync();

    [Fact]
    public async Task Create_declares_a_vm()
    {
        var run = await _world.RunAsync("vm", "create", "web-3", "--type", "small", "--image", "debian");

        Assert.Equal((0, "VM default/web-3 created, id 4\n", ""), (run.Code, run.Out, run.Error));
        var stored = Assert.IsType<VirtualMachine>(await _world.Objects.GetAsync(ResourceTypes.VirtualMachines, "default", "web-3", CancellationToken.None));
        Assert.Equal(("small", "debian", RunStrategy.Always, 30), (stored.Spec.InstanceType, stored.Spec.Image, stored.Spec.RunStrategy, stored.Spec.TerminationGracePeriodSeconds));
    }

    [Fact]
    public async Task Create_waits_until_it_runs_and_tells_on_what()
    {
        using var told = new Lines();
        var running = _world.RunAsync(told, "vm", "create", "web-3", "--type", "small", "--wait");
        await told.SeenAsync("Pending: not looked at yet");
        await SetAsync("web-3", VmPhase.Provisioning, "being made on pm1");
        await told.SeenAsync("Provisioning: being made on pm1");
        await SetAsync("web-3", VmPhase.Running, "runs on pm1");

        var run = await running;

        Assert.Equal((0, "VM default/web-3 runs on pm1, id 4\n"), (run.Code, run.Out));
    }

    [Fact]
    public async Task Waiting_goes_on_after_the_server_was_restarted()
    {
        using var told = new Lines();
        var server = new Uri(_world.Server);
        var running = _world.RunAsync(told, "vm", "create", "web-3", "--type", "small", "--wait");
        await told.SeenAsync("Pending");
        await _world.StopAsync();
        await told.SeenAsync("does not answer");
        await _world.ServeAsync(server.Port);
        await SetAsync("web-3", VmPhase.Running, "runs on pm1");

        Assert.Equal(0, (await running).Code);
    }

    [Fact]
    public async Task Waiting_ends_when_the_vm_failed()
    {
        using var told = new Lines();
        var running = _world.RunAsync(told, "vm", "create", "web-3", "--type", "small", "--wait");
        await told.SeenAsync("Pending");
        await SetAsync("web-3", VmPhase.Failed, "no space left");

        var run = await running;

        Assert.Equal(Orchctl.Failed, run.Code);
        Assert.EndsWith("error: VM default/web-3 failed: no space left\n", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Waiting_ends_when_the_time_is_up_with_what_was_seen_last()
    {
        using var told = new Lines();
        var running = _world.RunAsync(told, "vm", "create", "web-3", "--type", "small", "--wait", "--timeout", "4321");
        await told.SeenAsync("Pending");
        await SetAsync("web-3", VmPhase.Pending, "no room");
        await told.SeenAsync("Pending: no room");
        _world.Time.Expire(TimeSpan.FromSeconds(4321));

        var run = await running;

        Assert.Equal(Orchctl.Failed, run.Code);
        Assert.EndsWith("error: VM default/web-3: gave up waiting after 4321 s; last seen: Pending: no room\n", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Destroy_deletes_and_waits_until_it_is_gone()
    {
        using var told = new Lines();
        var running = _world.RunAsync(told, "vm", "destroy", "web-1", "--now", "--wait");
        await told.SeenAsync("Running");
        var marked = await _world.Objects.GetAsync(ResourceTypes.VirtualMachines, "default", "web-1", CancellationToken.None);
        Assert.Equal(0, marked!.Metadata.DeletionGracePeriodSeconds);
        await _world.RemoveAsync(ResourceTypes.VirtualMachines, "default", "web-1");

        var run = await running;

        Assert.Equal((0, "VM default/web-1 is gone\n"), (run.Code, run.Out));
    }

    [Fact]
    public async Task Destroy_does_not_wait_unasked()
    {
        var run = await _world.RunAsync("vm", "destroy", "web-1");

        Assert.Equal((0, "VM default/web-1 is being deleted\n", ""), (run.Code, run.Out, run.Error));
        Assert.True((await _world.Objects.GetAsync(ResourceTypes.VirtualMachines, "default", "web-1", CancellationToken.None))!.Metadata.Deleting);
    }

    private Task SetAsync(string name, VmPhase phase, string message) => _world.ReportAsync(ResourceTypes.VirtualMachines, "default", name, vm => vm with
    {
        Status = vm.Status with { Phase = phase, Host = "pm1", Conditions = [Fixtures.Ready(ConditionStatus.False, "Because", message, _world.Time.Now)] },
    });
}
