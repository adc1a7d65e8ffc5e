using Orchestrator.Planning;

namespace Orchestrator.Testing.Simulation;

/// <summary>
/// What the planner counts on when it looks at a PM and changes it. The simulated PM and real ones are held to the same sentences, so
/// that what is proven over the simulation is worth something. A guest that is started has no operating system: it runs, and it is deaf.
/// </summary>
public abstract partial class HostContract : IAsyncLifetime
{
    private readonly List<DomainSpec> _made = [];
    private readonly List<string> _disks = [];

    /// <summary>Name of the PM, as observer and target know it; connected, its storage not necessarily prepared.</summary>
    protected abstract string Host { get; }

    /// <summary>The id of the cluster that observer and target work for.</summary>
    protected abstract string Cluster { get; }

    /// <summary>kvm, qemu or test.</summary>
    protected abstract string Hypervisor { get; }

    protected abstract string StoragePath { get; }

    protected abstract IStepTarget Target { get; }

    protected abstract IHostObserver Observer { get; }

    /// <summary>An image (any) of which the PM has no copy yet; its volume name is new in every test.</summary>
    protected abstract BaseImage NewImage();

    // What an operator does by hand on the PM (virsh suspend, virsh undefine, rm).
    protected abstract Task SuspendByHandAsync(DomainId domain);

    protected abstract Task UndefineByHandAsync(DomainId domain);

    protected abstract Task RemoveFileByHandAsync(string volume);

    public virtual Task InitializeAsync() => Do(new PrepareStorage(Host, StoragePath, MayMark: true));

    /// <summary>Leaves nothing behind but image copies.</summary>
    public virtual async Task DisposeAsync()
    {
        foreach (var made in _made)
        {
            await Do(new DestroyDomain(Host, made.Id, "test ends"));
            await Do(new UndefineDomain(Host, made.Id));
        }

        foreach (var disk in _disks)
        {
            await Do(new RemoveDisk(Host, new(Guid.NewGuid(), "none"), disk));
        }
    }

    [Fact]
    public async Task What_was_never_defined_is_not_there()
    {
        var seen = await LookAsync(Machine());
        Assert.Null(seen.Domain);
        Assert.Null(seen.NameTakenBy);
        Assert.Null(seen.DiskBytes);
        Assert.True(seen.StorageReady);
    }

    [Fact]
    public async Task A_defined_domain_is_off_ours_and_as_it_was_written_also_when_defined_twice()
    {
        var machine = await DefinedAsync(Machine());
        await Do(new DefineDomain(Host, machine, "again"));
        var domain = (await LookAsync(machine)).Domain!;
        Assert.Equal((DomainState.Off, MarkState.Ours, machine.Mark.SpecHash), (domain.State, domain.Mark, domain.SpecHash));
        Assert.Equal(Config(machine), domain.Config);
        Assert.Null(domain.Live);
    }

    [Fact]
    public async Task A_started_domain_runs_with_what_was_defined_also_when_started_twice()
    {
        var machine = await RunningAsync(Machine());
        await Do(new StartDomain(Host, machine.Id, "again"));
        var domain = (await LookAsync(machine)).Domain!;
        Assert.Equal(DomainState.Running, domain.State);
        Assert.Equal(Config(machine), domain.Config);
        Assert.Equal((machine.Cpu, machine.MaxCpu, machine.MemoryMiB), (domain.Live!.Cpu, domain.Live.MaxCpu, domain.Live.MaxMemoryMiB));
        Assert.Equal(machine.Disks, domain.Live.Disks);
    }

    [Fact]
    public async Task Defining_a_running_domain_changes_its_definition_and_not_the_guest()
    {
        var machine = await RunningAsync(Machine());
        var larger = machine with { MemoryMiB = machine.MemoryMiB * 2, MaxCpu = machine.MaxCpu + 1 };
        await Do(new DefineDomain(Host, larger, "larger"));
        var domain = (await LookAsync(machine)).Domain!;
        Assert.Equal(DomainState.Running, domain.State);
        Assert.Equal(Config(larger), domain.Config);
        Assert.Equal((machine.MaxCpu, machine.MemoryMiB), (domain.Live!.MaxCpu, domain.Live.MaxMemoryMiB));
    }

    [Fact]
    public async Task A_suspended_domain_is_paused_until_it_is_resumed()
    {
        var machine = await RunningAsync(Machine());
        await SuspendByHandAsync(machine.Id);
        Assert.Equal(DomainState.Paused, (await LookAsync(machine)).Domain!.State);
        await Do(new ResumeDomain(Host, machine.Id));
        await Do(new ResumeDomain(Host, machine.Id));
        Assert.Equal(DomainState.Running, (await LookAsync(machine)).Domain!.State);
    }

    [Fact]
    public async Task A_deaf_guest_that_is_asked_to_shut_down_runs_on()
    {
        var machine = await RunningAsync(Machine());
        await Do(new RequestShutdown(Host, machine.Id));
        await Do(new RequestShutdown(Host, machine.Id));
        Assert.True((await LookAsync(machine)).Domain!.Active);
    }

    [Fact]
    public async Task A_destroyed_domain_is_off_and_still_defined_also_when_destroyed_twice()
    {
        var machine = await RunningAsync(Machine());
        await Do(new DestroyDomain(Host, machine.Id, "test"));
        await Do(new DestroyDomain(Host, machine.Id, "again"));
        var domain = (await LookAsync(machine)).Domain!;
        Assert.Equal((DomainState.Off, StateReason.Destroyed), (domain.State, domain.Reason));
        Assert.Equal(Config(machine), domain.Config);
    }

    [Fact]
    public async Task An_undefined_domain_is_gone_also_when_undefined_twice()
    {
        var machine = await DefinedAsync(Machine());
        await Do(new UndefineDomain(Host, machine.Id));
        await Do(new UndefineDomain(Host, machine.Id));
        Assert.Null((await LookAsync(machine)).Domain);
    }

    [Fact]
    public async Task A_running_domain_undefined_by_hand_runs_on_without_definition_and_can_be_defined_again()
    {
        var machine = await RunningAsync(Machine());
        await UndefineByHandAsync(machine.Id);
        var transient = (await LookAsync(machine)).Domain!;
        Assert.Equal(DomainState.Running, transient.State);
        Assert.Null(transient.Config);
        Assert.NotNull(transient.Live);

        await Do(new DefineDomain(Host, machine, "was undefined"));
        var again = (await LookAsync(machine)).Domain!;
        Assert.Equal(DomainState.Running, again.State);
        Assert.Equal(Config(machine), again.Config);
    }

    [Fact]
    public async Task A_transient_domain_is_gone_once_it_is_destroyed()
    {
        var machine = await RunningAsync(Machine());
        await Do(new UndefineDomain(Host, machine.Id));
        Assert.Null((await LookAsync(machine)).Domain!.Config);
        await Do(new DestroyDomain(Host, machine.Id, "test"));
        await Do(new UndefineDomain(Host, machine.Id));
        Assert.Null((await LookAsync(machine)).Domain);
    }

    [Fact]
    public async Task A_running_guest_gets_more_cpus_at_once()
    {
        var machine = await RunningAsync(Machine());
        await Do(new SetVcpus(Host, machine.Id, machine.Cpu, machine.Cpu + 1));
        await Do(new SetVcpus(Host, machine.Id, machine.Cpu, machine.Cpu + 1));
        Assert.Equal(machine.Cpu + 1, (await LookAsync(machine)).Domain!.Live!.Cpu);
    }

    [Fact]
    public async Task A_running_guest_may_be_asked_for_memory()
    {
        var machine = await RunningAsync(Machine());
        await Do(new SetMemory(Host, machine.Id, machine.MemoryMiB, machine.MemoryMiB / 2));
        Assert.Equal(DomainState.Running, (await LookAsync(machine)).Domain!.State);
    }

    [Fact]
    public async Task What_is_not_there_has_nothing_left_to_end_and_cannot_start()
    {
        var machine = Machine();
        await Do(new DestroyDomain(Host, machine.Id, "test"));
        await Do(new UndefineDomain(Host, machine.Id));
        await Do(new RequestShutdown(Host, machine.Id));
        await Do(new ResumeDomain(Host, machine.Id));
        await RefusedAsync(new StartDomain(Host, machine.Id, "new"));
    }

    [Fact]
    public async Task A_name_belongs_to_one_domain_and_the_look_tells_to_which()
    {
        var first = await DefinedAsync(Machine());
        var second = Machine();
        second = second with { Id = second.Id with { Name = first.Id.Name } };
        await RefusedAsync(new DefineDomain(Host, second, "new"));
        var seen = await LookAsync(second);
        Assert.Null(seen.Domain);
        Assert.Equal(first.Id.Uid, seen.NameTakenBy);
    }

    [Fact]
    public async Task Another_clusters_domain_is_reported_as_foreign_and_never_changed()
    {
        var machine = Machine();
        var foreign = machine with { Mark = machine.Mark with { Cluster = "another" } };
        await Do(new DefineDomain(Host, foreign, "of another cluster"));
        try
        {
            var before = (await LookAsync(machine)).Domain!;
            Assert.Equal(MarkState.Foreign, before.Mark);
            await RefusedAsync(new DefineDomain(Host, machine with { MemoryMiB = machine.MemoryMiB * 2 }, "mine"));
            await RefusedAsync(new StartDomain(Host, machine.Id, "mine"));
            await RefusedAsync(new DestroyDomain(Host, machine.Id, "mine"));
            await RefusedAsync(new UndefineDomain(Host, machine.Id));
            Assert.Equal(before, (await LookAsync(machine)).Domain);
            var host = await Observer.ObserveHostAsync(Host, default);
            Assert.Contains(machine.Id.Name, host.ForeignDomains, StringComparer.Ordinal);
            Assert.DoesNotContain((machine.Id.Uid, machine.Id.Name), host.MarkedDomains);
        }
        finally
        {
            await UndefineByHandAsync(machine.Id);
        }
    }

    [Fact]
    public async Task Our_domain_is_in_the_list_of_marked_ones()
    {
        var machine = await DefinedAsync(Machine());
        var host = await Observer.ObserveHostAsync(Host, default);
        Assert.Contains((machine.Id.Uid, machine.Id.Name), host.MarkedDomains);
        Assert.DoesNotContain(machine.Id.Name, host.ForeignDomains, StringComparer.Ordinal);
    }

    private static DomainConfig Config(DomainSpec machine) => new(machine.Cpu, machine.MaxCpu, machine.MemoryMiB, machine.MemoryMiB, machine.Disks);

    private DomainSpec Machine()
    {
        var uid = Guid.NewGuid();
        var name = $"contract-{uid.ToString("N")[..12]}";
        return new(new(uid, name), new(Cluster, "default", name, uid, 1, "0123456789abcdef"), Hypervisor, 1, 4, 64, [], null);
    }

    private static string Volume(DomainSpec machine) => $"vm-{machine.Id.Uid}.qcow2";

    private async Task<DomainSpec> DefinedAsync(DomainSpec machine)
    {
        _made.Add(machine);
        await Do(new DefineDomain(Host, machine, "new"));
        return machine;
    }

    private async Task<DomainSpec> RunningAsync(DomainSpec machine)
    {
        await DefinedAsync(machine);
        await Do(new StartDomain(Host, machine.Id, "new"));
        return machine;
    }

    private ValueTask<ObservedMachine> LookAsync(DomainSpec machine, string? image = null) =>
        Observer.ObserveAsync(Host, new(machine.Id, StoragePath, Volume(machine), image), fresh: true, default);

    private Task Do(Step step) => step.ApplyAsync(Target, default).AsTask();

    private Task<StepException> RefusedAsync(Step step) => Assert.ThrowsAsync<StepException>(() => Do(step));
}
