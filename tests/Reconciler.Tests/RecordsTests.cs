using Orchestrator.Model;
using Orchestrator.RestGateway.Objects;

namespace Orchestrator.Reconciler.Tests;

/// <summary>The reconciler's writes beside a user's: neither loses anything.</summary>
public sealed class RecordsTests
{
    [Fact]
    public async Task Status_and_spec_written_at_the_same_time_are_both_kept()
    {
        const int Writes = 50;
        await using var workshop = await Workshop.OpenAsync();
        var vm = await workshop.WriteVmAsync("web");
        var user = Task.Run(async () =>
        {
            for (var number = 1; number <= Writes; number++)
            {
                await workshop.WriteVmAsync("web", spec => spec with { TerminationGracePeriodSeconds = number });
            }
        });
        for (var number = 1; number <= Writes; number++)
        {
            await Records.ChangeAsync(workshop.Records.VirtualMachines, "default/web", vm.Metadata.Uid, newest => newest with { Status = newest.Status with { Restarts = number } }, default);
        }

        await user;
        var stored = await workshop.VmAsync("web");
        Assert.Equal((Writes, Writes), (stored.Spec.TerminationGracePeriodSeconds, stored.Status.Restarts));
        Assert.Equal(vm.Status.Id, stored.Status.Id);
    }

    [Fact]
    public async Task What_is_so_already_is_not_written()
    {
        await using var workshop = await Workshop.OpenAsync();
        var vm = await workshop.WriteVmAsync("web");
        var before = workshop.Revision;
        Assert.Equal(vm, await Records.ChangeAsync(workshop.Records.VirtualMachines, "default/web", vm.Metadata.Uid, newest => newest with { Status = newest.Status with { Phase = VmPhase.Pending } }, default));
        Assert.Equal(before, workshop.Revision);
    }

    [Fact]
    public async Task Another_object_that_took_the_name_is_left_alone()
    {
        await using var workshop = await Workshop.OpenAsync();
        var vm = await workshop.WriteVmAsync("web");
        Assert.Null(await Records.ChangeAsync(workshop.Records.VirtualMachines, "default/web", Guid.NewGuid(), newest => newest with { Status = newest.Status with { Host = "pm1" } }, default));
        Assert.Null(await Records.ChangeAsync(workshop.Records.VirtualMachines, "default/none", vm.Metadata.Uid, newest => newest, default));
        Assert.Null((await workshop.VmAsync("web")).Status.Host);
    }

    [Fact]
    public async Task The_returned_object_has_the_revision_it_was_stored_at()
    {
        await using var workshop = await Workshop.OpenAsync();
        var vm = await workshop.WriteVmAsync("web");
        var changed = await Records.ChangeAsync(workshop.Records.VirtualMachines, "default/web", vm.Metadata.Uid, newest => newest with { Status = newest.Status with { Host = "pm1" } }, default);
        Assert.Equal(await workshop.VmAsync("web"), changed);
    }

    [Fact]
    public async Task An_object_goes_with_its_last_finalizer_and_not_before()
    {
        await using var workshop = await Workshop.OpenAsync();
        var vm = await workshop.WriteAsync(new VirtualMachine
        {
            Metadata = new() { Name = "web", Namespace = "default", Finalizers = ["someone.else/backup"] },
            Spec = new() { Cpu = 1, Memory = Quantity.FromMiB(64), Disk = Quantity.FromGiB(1) },
        });
        var vms = workshop.Records.VirtualMachines;

        await Records.ReleaseAsync(vms, "default/web", vm.Metadata.Uid, VirtualMachine.Finalizer);
        Assert.Equal(2, (await workshop.VmAsync("web")).Metadata.Finalizers.Count);

        await workshop.User.DeleteAsync(ResourceTypes.VirtualMachines, "default", "web", new DeleteWish(), default);
        await Records.ReleaseAsync(vms, "default/web", Guid.NewGuid(), VirtualMachine.Finalizer);
        await Records.ReleaseAsync(vms, "default/web", vm.Metadata.Uid, VirtualMachine.Finalizer);
        Assert.Equal(["someone.else/backup"], (await workshop.VmAsync("web")).Metadata.Finalizers);

        await Records.ReleaseAsync(vms, "default/web", vm.Metadata.Uid, "someone.else/backup");
        Assert.Null(await vms.GetAsync("default/web", default));
    }

    [Fact]
    public async Task Releasing_beside_a_user_who_keeps_labelling_ends()
    {
        await using var workshop = await Workshop.OpenAsync();
        var vm = await workshop.WriteVmAsync("web");
        await workshop.User.DeleteAsync(ResourceTypes.VirtualMachines, "default", "web", new DeleteWish(), default);
        using var stop = new CancellationTokenSource();
        var user = Task.Run(async () =>
        {
            for (var number = 0; !stop.IsCancellationRequested; number++)
            {
                await workshop.User.UpdateAsync(ResourceTypes.VirtualMachines, "default", "web", stored => Change.To(stored with { Metadata = stored.Metadata with { Labels = new([new("n", $"{number}")]) } }), default);
            }
        });
        await Records.ReleaseAsync(workshop.Records.VirtualMachines, "default/web", vm.Metadata.Uid, VirtualMachine.Finalizer).AsTask().WaitAsync(TimeSpan.FromSeconds(30));
        await stop.CancelAsync();
        await user;
        Assert.Null(await workshop.Records.VirtualMachines.GetAsync("default/web", default));
    }
}
