using FsCheck;
using FsCheck.Fluent;
using Orchestrator.Model;
using Orchestrator.Testing.Simulation;

namespace Orchestrator.Planning.Tests;

/// <summary>The laws of planning (DESIGN 8) over generated wishes and worlds.</summary>
public sealed class VirtualMachineLaws
{
    private static readonly Guid _uid = Guid.Parse("11111111-2222-4333-8444-555555555555");
    private static readonly DateTimeOffset _start = DateTimeOffset.UnixEpoch.AddDays(1);

    [Fact]
    public void Fixed_point_applying_plans_leaves_nothing_to_plan() => Check.One(Config.QuickThrowOnFailure.WithMaxTest(2000), Prop.ForAll(Cases, c =>
    {
        var world = new World(c);
        world.Settle();
        return world.Plan() is { Steps.Count: 0 } plan && (plan.Blocked is not null || world.IsAsDesired());
    }));

    [Fact]
    public void Any_prefix_is_safe_a_crash_anywhere_ends_the_same() => Check.One(Config.QuickThrowOnFailure.WithMaxTest(400), Prop.ForAll(Cases, c =>
    {
        var smooth = new World(c);
        smooth.Settle();
        return Enumerable.Range(0, 12).All(crash =>
        {
            var crashed = new World(c) { Fleet = { CrashBefore = crash } };
            try
            {
                crashed.Settle();
            }
            catch (CrashException)
            {
                crashed.Fleet.CrashBefore = int.MaxValue;
                crashed.Settle();
            }

            return crashed.Summary() == smooth.Summary();
        });
    }));

    [Fact]
    public void Stutter_each_step_done_twice_is_the_same_as_once() => Check.One(Config.QuickThrowOnFailure.WithMaxTest(1000), Prop.ForAll(Cases, c =>
    {
        var once = new World(c);
        once.Settle();
        var twice = new World(c) { Fleet = { Stutter = true } };
        twice.Settle();
        return once.Summary() == twice.Summary();
    }));

    [Fact]
    public void Stale_looks_are_harmless_a_plan_from_an_older_look_loses_no_data_and_still_ends_well() => Check.One(Config.QuickThrowOnFailure.WithMaxTest(1000), Prop.ForAll(Cases, Cases, (c, later) =>
    {
        var world = new World(c);
        var stale = world.Plan();
        world.Disturb(later);
        var disks = world.Host.Volumes.Keys.ToHashSet(StringComparer.Ordinal);
        world.TryApply(stale);
        var lost = !world.Desired.Deleting && disks.Except(world.Host.Volumes.Keys, StringComparer.Ordinal).Any();
        world.Settle();
        return !lost && world.Plan().Steps.Count == 0;
    }));

    [Fact]
    public void Foreign_domains_are_never_touched() => Check.One(Config.QuickThrowOnFailure.WithMaxTest(1000), Prop.ForAll(Cases, c =>
    {
        var world = new World(c with { Mark = MarkState.Foreign });
        var before = world.Host.Domains.GetValueOrDefault(_uid);
        world.Settle();
        return before is null || world.Host.Domains.GetValueOrDefault(_uid) == before;
    }));

    [Fact]
    public void Nothing_is_started_while_it_runs_elsewhere() => Check.One(Config.QuickThrowOnFailure.WithMaxTest(500), Prop.ForAll(Cases, c =>
    {
        var world = new World(c);
        var other = world.Fleet.Add("other");
        other.Domains[_uid] = new(world.Desired.Id, world.Desired.Domain.Mark, null, Config0(c), DomainState.Running, StateReason.Unknown);
        return world.Desired.Deleting || !world.Plan().Steps.Any(step => step is StartDomain or ResumeDomain);
    }));

    [Fact]
    public void Disks_go_only_when_the_VM_was_deleted() => Check.One(Config.QuickThrowOnFailure.WithMaxTest(1000), Prop.ForAll(Cases, c =>
        new World(c) is var world && (world.Desired.Deleting || !world.Plan().Steps.Any(step => step is RemoveDisk or UndefineDomain))));

    private static Arbitrary<Case> Cases { get; } = Arb.From(
        from domain in Gen.Elements<DomainState?>(null, DomainState.Off, DomainState.Running, DomainState.Paused, DomainState.Crashed)
        from reason in Gen.Elements(Enum.GetValues<StateReason>())
        from mark in Gen.Frequency((6, Gen.Constant(MarkState.Ours)), (1, Gen.Constant(MarkState.Missing)), (1, Gen.Constant(MarkState.Foreign)))
        from persistent in Gen.Frequency((4, Gen.Constant(true)), (1, Gen.Constant(false)))
        from cpu in Gen.Choose(1, 3)
        from memory in Gen.Elements(128L, 256L)
        from disk in Gen.Elements<long?>(null, 1, 2)
        from image in Gen.Elements(true, false)
        from power in Gen.Elements(Enum.GetValues<PowerWish>())
        from deleting in Gen.Frequency((3, Gen.Constant(false)), (1, Gen.Constant(true)))
        from grace in Gen.Elements(0, 30)
        from deaf in Gen.Elements(true, false)
        from storage in Gen.Frequency((6, Gen.Constant(true)), (1, Gen.Constant(false)))
        from nameTaken in Gen.Frequency((8, Gen.Constant(false)), (1, Gen.Constant(true)))
        select new Case(domain, reason, mark, persistent || domain is null or DomainState.Off, cpu, memory, disk, image, power, deleting, grace, deaf, storage, nameTaken));

    private static DomainConfig Config0(Case c) => new(c.Cpu, 4, c.MemoryMiB, c.MemoryMiB, []);

    private sealed record Case(
        DomainState? Domain, StateReason Reason, MarkState Mark, bool Persistent, int Cpu, long MemoryMiB, long? DiskGiB, bool ImageThere,
        PowerWish Power, bool Deleting, int Grace, bool Deaf, bool Storage, bool NameTaken);

    /// <summary>One PM and one VM: the simulated host, the planner, and the memory that the status is.</summary>
    private sealed class World
    {
        private VirtualMachineStatus _memory;
        private DateTimeOffset _now = _start;

        public World(Case c)
        {
            var image = new BaseImage("base-1", "/images/a.qcow2", DiskFormat.Qcow2, 1 << 20, 1 << 30);
            var id = new DomainId(_uid, "web");
            EquatableArray<DomainDisk> disks = [new("vda", "/pool/vm.qcow2", DiskFormat.Qcow2)];
            Desired = new(
                "pm1",
                new(id, new("cluster", "default", "web", _uid, 1, "hash"), "qemu", 2, 8, 256, disks, null),
                new("vm.qcow2", 2L << 30, image),
                c.Power,
                TimeSpan.FromSeconds(c.Grace),
                c.Deleting);
            _memory = new() { RootDisk = new() { Volume = "vm.qcow2", Base = "base-1" } };
            Host = Fleet.Add("pm1");
            Disturb(c);
        }

        public DesiredMachine Desired { get; }

        public SimulatedFleet Fleet { get; } = new("cluster");

        public SimulatedHost Host { get; }

        public void Disturb(Case c)
        {
            Host.StorageMarked = c.Storage;
            Host.Volumes.Remove("vm.qcow2");
            if (c.DiskGiB is { } size)
            {
                Host.Volumes["vm.qcow2"] = size << 30;
            }

            if (c.ImageThere)
            {
                Host.CompleteImages.Add("base-1");
            }

            Host.Deaf.Clear();
            if (c.Deaf)
            {
                Host.Deaf.Add(_uid);
            }

            Host.Domains.Clear();
            if (c.Domain is { } state)
            {
                var config = new DomainConfig(c.Cpu, 8, c.MemoryMiB, c.MemoryMiB, Desired.Domain.Disks);
                var mark = c.Mark switch
                {
                    MarkState.Ours => Desired.Domain.Mark,
                    MarkState.Foreign => Desired.Domain.Mark with { Cluster = "another" },
                    _ => null,
                };
                Host.Domains[_uid] = new(Desired.Id, mark, c.Persistent ? config : null, state is DomainState.Off ? null : config, state, c.Reason);
            }
            else if (c.NameTaken)
            {
                var other = Guid.Parse("99999999-2222-4333-8444-555555555555");
                Host.Domains[other] = new(new(other, "web"), null, null, null, DomainState.Running, StateReason.Unknown);
            }
        }

        public ObservedMachine Look() => Fleet.ObserveAsync("pm1", new(Desired.Id, "/pool", "vm.qcow2", "base-1"), true, default).AsTask().Result;

        public Plan Plan() => VirtualMachinePlanner.Plan(Desired, Look(), MachineReport.Facts(_memory, _now));

        public void TryApply(Plan plan)
        {
            try
            {
                Apply(plan);
            }
            catch (StepException)
            {
                // The world refused: the plan was stale. The next look decides.
            }
        }

        /// <summary>Reconciles until nothing is left to do, letting time pass where the plan waits for it.</summary>
        public void Settle()
        {
            for (var round = 0; round < 30; round++)
            {
                var plan = Plan();
                if (plan.Steps.Count == 0 && plan.LookAgain is null)
                {
                    return;
                }

                if (plan.Steps.Count == 0)
                {
                    _now = plan.LookAgain!.Value;
                }

                Apply(plan);
            }

            throw new InvalidOperationException("does not settle: " + Plan());
        }

        public bool IsAsDesired()
        {
            var domain = Look().Domain;
            return (Desired.Deleting, Desired.Power) switch
            {
                (true, _) => domain is null && Look().DiskBytes is null,
                (_, PowerWish.On) => domain is { State: DomainState.Running, Config: not null },
                (_, PowerWish.Off) => domain is { State: DomainState.Off },
                _ => domain is { Config: not null },
            };
        }

        public string Summary() => string.Join('\n', Host.Domains.Values.Select(domain => $"{domain with { Reason = StateReason.Unknown }}"))
            + string.Join('\n', Host.Volumes.OrderBy(pair => pair.Key, StringComparer.Ordinal));

        private void Apply(Plan plan)
        {
            foreach (var step in plan.Steps)
            {
                step.ApplyAsync(Fleet, default).AsTask().GetAwaiter().GetResult();
                _memory = MachineReport.Remember(_memory, [step], _now);
            }
        }
    }
}
