using FsCheck;
using FsCheck.Fluent;
using Orchestrator.Model;
using Orchestrator.Planning;
using Orchestrator.Testing.Simulation;

namespace Orchestrator.Scenarios;

/// <summary>
/// Random users and random bad luck, then quiet: the world becomes what users asked for and stays so (I7). That no VM runs twice, nothing
/// foreign is touched and no data goes unasked (I1, I3, I4) is judged after every single step.
/// </summary>
public sealed class ChaosLaws
{
    private static readonly string[] _names = ["a", "b", "c", "d"];

    [Fact]
    public void After_any_disturbances_the_world_becomes_as_desired_and_stays_so() =>
        Check.One(Config.QuickThrowOnFailure.WithMaxTest(25), Prop.ForAll(Arb.From(Gen.ListOf(Acts, 25)), acts => RunAsync(acts).GetAwaiter().GetResult()));

    private static Gen<Act> Acts { get; } =
        from kind in Gen.Frequency(
            (6, Gen.Constant(Kind.Declare)), (3, Gen.Constant(Kind.Delete)), (2, Gen.Constant(Kind.Halt)), (2, Gen.Constant(Kind.Grow)),
            (4, Gen.Constant(Kind.End)), (2, Gen.Constant(Kind.Pause)), (3, Gen.Constant(Kind.Undefine)), (2, Gen.Constant(Kind.Redefine)), (2, Gen.Constant(Kind.Strip)),
            (1, Gen.Constant(Kind.LoseDisk)), (2, Gen.Constant(Kind.CutOff)), (3, Gen.Constant(Kind.Return)), (1, Gen.Constant(Kind.Reboot)), (2, Gen.Constant(Kind.LoseEvents)),
            (2, Gen.Constant(Kind.Restart)), (2, Gen.Constant(Kind.Sweep)), (2, Gen.Constant(Kind.Wait)), (2, Gen.Constant(Kind.Settle)))
        from vm in Gen.Elements(_names)
        from host in Gen.Elements("pm1", "pm2")
        select new Act(kind, vm, host);

    private static async Task<bool> RunAsync(IList<Act> acts)
    {
        await using var world = await World.WithAsync(machines: 2);
        world.AddForeign("pm1", "theirs");
        await world.DeclareImageAsync("debian");
        foreach (var act in acts)
        {
            await DoAsync(world, act);
        }

        // Quiet: hosts are back, events may have been lost, sweeps come as always.
        world.Fleet.TellsOfChanges = true;
        foreach (var host in world.Fleet.Hosts.Keys)
        {
            world.Fleet.Return(host);
        }

        await world.SweepAsync();
        await world.ConvergedAsync();
        await world.SweepAsync();
        await world.ConvergedAsync();
        await world.StaysQuietAsync();
        return true;
    }

    private static async Task DoAsync(World world, Act act)
    {
        switch (act.Kind)
        {
            case Kind.Declare:
                if (world.Vm(act.Vm) is null)
                {
                    await world.DeclareAsync(act.Vm, spec => spec with { Image = act.Vm is "a" or "b" ? "debian" : null });
                }

                break;
            case Kind.Delete:
                await world.DeleteAsync(act.Vm);
                break;
            case Kind.Halt:
                await ChangeAsync(world, act.Vm, spec => spec with { RunStrategy = spec.RunStrategy is RunStrategy.Halted ? RunStrategy.Always : RunStrategy.Halted });
                break;
            case Kind.Grow:
                await ChangeAsync(world, act.Vm, spec => spec with { Cpu = 3, Memory = Quantity.FromMiB(512), Disk = Quantity.FromGiB(3) });
                break;
            case Kind.CutOff:
                world.Fleet.CutOff(act.Host);
                break;
            case Kind.Return:
                world.Fleet.Return(act.Host);
                break;
            case Kind.Reboot:
                world.Fleet.CutOff(act.Host);
                lock (world.Fleet.Gate)
                {
                    var there = world.Fleet.Hosts[act.Host];
                    foreach (var domain in there.Domains.Values.Where(domain => domain.Id.Name != "theirs").ToList())
                    {
                        there.End(domain.Id.Uid, StateReason.Unknown);
                    }
                }

                break;
            case Kind.LoseEvents:
                world.Fleet.TellsOfChanges = !world.Fleet.TellsOfChanges;
                break;
            case Kind.Restart:
                await world.RestartAsync();
                break;
            case Kind.Sweep:
                await world.SweepAsync();
                break;
            case Kind.Wait:
                world.Time.Advance(TimeSpan.FromSeconds(40));
                break;
            case Kind.Settle:
                await world.IdleAsync();
                break;
            default:
                if (world.Vm(act.Vm) is { Status.Host: not null })
                {
                    world.ByHand(act.Vm, Disturbance(act.Kind));
                }

                break;
        }
    }

    private static Action<SimulatedHost, Guid> Disturbance(Kind kind) => kind switch
    {
        Kind.Pause => (host, uid) => host.Change(uid, domain => domain.State is DomainState.Running ? domain with { State = DomainState.Paused } : domain),
        Kind.Undefine => (host, uid) => host.Undefine(uid),
        Kind.Redefine => (host, uid) => host.Change(uid, domain => domain.Config is null ? domain : domain with { Config = domain.Config with { Cpu = 1, MemoryMiB = 64, MaxMemoryMiB = 64 } }),
        Kind.Strip => (host, uid) => host.Change(uid, domain => domain with { Mark = null }),
        Kind.LoseDisk => (host, uid) => host.Volumes.Remove($"vm-{uid}.qcow2"),
        _ => (host, uid) => host.End(uid, StateReason.Destroyed),
    };

    private static async Task ChangeAsync(World world, string vm, Func<VirtualMachineSpec, VirtualMachineSpec> change)
    {
        if (world.Vm(vm) is not null)
        {
            await world.User.UpdateAsync(ResourceTypes.VirtualMachines, "default", vm, stored => RestGateway.Objects.Change.To((VirtualMachine)stored with { Spec = change(((VirtualMachine)stored).Spec) }), default);
        }
    }

    private enum Kind
    {
        Declare,
        Delete,
        Halt,
        Grow,
        End,
        Pause,
        Undefine,
        Redefine,
        Strip,
        LoseDisk,
        CutOff,
        Return,
        Reboot,
        LoseEvents,
        Restart,
        Sweep,
        Wait,
        Settle,
    }

    private sealed record Act(Kind Kind, string Vm, string Host);
}
