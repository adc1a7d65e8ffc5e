using Orchestrator.Model;

namespace Orchestrator.Cli.Tests;

/// <summary>A small fleet: two PMs, one of them cut off; a type, an image, three VMs.</summary>
internal static class Fixtures
{
    public static async Task<World> FleetAsync()
    {
        var world = await World.StartAsync();
        var now = world.Time.Now;
        await world.AddAsync(ResourceTypes.PhysicalMachines, Pm("pm1"), pm => pm with
        {
            Status = pm.Status with
            {
                Phase = MachinePhase.Ready,
                Hostname = "rack-1",
                Architecture = "x86_64",
                CpuModel = "EPYC",
                Capacity = new() { Cpu = 8, MemoryMiB = 16384, DiskGiB = 200 },
                Foreign = new() { Cpu = 1, MemoryMiB = 1024 },
                Hypervisors = ["kvm", "qemu"],
                LibvirtVersion = "9.0.0",
                HypervisorVersion = "QEMU 7.2.0",
                ForeignDomains = ["legacy"],
                Conditions = [Ready(ConditionStatus.True, "Ready", "connected and usable", now)],
            },
        });
        await world.AddAsync(ResourceTypes.PhysicalMachines, Pm("pm2") with { Spec = new() { Uri = "qemu+ssh://root@pm2/system", Cordoned = true } }, pm => pm with
        {
            Status = pm.Status with
            {
                Phase = MachinePhase.Unreachable,
                Conditions = [Ready(ConditionStatus.Unknown, "Unreachable", "no route to host", now)],
            },
        });
        await world.AddAsync(
            ResourceTypes.InstanceTypes,
            new() { Metadata = new() { Name = "small" }, Spec = new() { Cpu = 1, Memory = Quantity.Parse("512Mi"), Disk = Quantity.Parse("10Gi") } },
            type => type);
        await world.AddAsync(ResourceTypes.Images, new() { Metadata = new() { Name = "debian" }, Spec = new() { Source = "/images/debian.qcow2" } }, image => image with
        {
            Status = image.Status with { Phase = ImagePhase.Ready, Format = DiskFormat.Qcow2, SizeBytes = 1 << 20, VirtualSizeBytes = 2L << 30 },
        });
        await world.AddAsync(ResourceTypes.VirtualMachines, Vm("web-1"), vm => vm with
        {
            Status = vm.Status with
            {
                Phase = VmPhase.Running,
                Host = "pm1",
                Reserved = new() { Cpu = 1, MemoryMiB = 512, DiskGiB = 10 },
                RootDisk = new() { Volume = "vm-web-1.qcow2", Base = "image-debian" },
                Conditions = [Ready(ConditionStatus.True, "Running", "runs on pm1", now)],
            },
        });
        await world.AddAsync(ResourceTypes.VirtualMachines, Vm("web-2"), vm => vm with
        {
            Status = vm.Status with { Conditions = [Ready(ConditionStatus.False, "Unschedulable", "0 of 2 PMs can take it", now)] },
        });
        await world.AddAsync(ResourceTypes.VirtualMachines, Vm("shop", "lab"), vm => vm);
        await world.WriteAsync(ResourceTypes.Events, About("web-1.a", "VirtualMachine", "web-1", Event.Normal, "Started", "> start   web-1 on pm1 (new)", now));
        await world.WriteAsync(ResourceTypes.Events, About("pm2.b", "PhysicalMachine", "pm2", Event.Warning, "Unreachable", "no route to host", now.AddSeconds(-30)));
        world.Time.Now = now.AddMinutes(5);
        return world;
    }

    public static VirtualMachine Vm(string name, string @namespace = "default") =>
        new() { Metadata = new() { Name = name, Namespace = @namespace }, Spec = new() { InstanceType = "small", Image = "debian" } };

    public static Condition Ready(ConditionStatus status, string reason, string message, DateTimeOffset now) =>
        new() { Type = "Ready", Status = status, Reason = reason, Message = message, LastTransitionTime = now };

    private static PhysicalMachine Pm(string name) => new() { Metadata = new() { Name = name }, Spec = new() { Uri = $"qemu+ssh://root@{name}/system" } };

    private static Event About(string name, string kind, string target, string type, string reason, string message, DateTimeOffset at) => new()
    {
        Metadata = new() { Name = name, Namespace = "default", Uid = Guid.NewGuid(), CreationTimestamp = at },
        InvolvedObject = new() { Kind = kind, Name = target, Namespace = kind == "VirtualMachine" ? "default" : null },
        Type = type,
        Reason = reason,
        Message = message,
        FirstTimestamp = at,
        LastTimestamp = at,
    };
}
