using System.CommandLine;
using Orchestrator.Cli.Output;
using Orchestrator.Model;
using Orchestrator.Planning;

namespace Orchestrator.Cli.Commands;

/// <summary><c>orchctl pm</c></summary>
internal static class PmCommands
{
    public static Command Create(GlobalOptions options)
    {
        var list = new ExampleCommand("list", "List the PMs with what is free of what they have.", "orchctl pm list");
        options.Act(list, (_, session) => Reading.ListAsync(session, ResourceTypes.PhysicalMachines, null, machines => TableAsync(session, machines)));

        var name = GlobalOptions.Name("Name of the PM.");
        var show = new ExampleCommand("show", "Show one PM, its conditions, and what else runs there.", "orchctl pm show pm1", "orchctl pm show pm1 -o json") { name };
        options.Act(show, (parsed, session) => Reading.ShowAsync(session, ResourceTypes.PhysicalMachines, parsed.GetValue(name)!, Fields));
        return new Command("pm", "Physical machines.") { list, show };
    }

    private static async Task TableAsync(Session session, IReadOnlyList<PhysicalMachine> machines)
    {
        var fleet = Fleet.Of(machines, await session.Api.ListAsync(ResourceTypes.VirtualMachines, null, session.Stop));
        session.Screen.Table(fleet.Members,
        [
            new("NAME", member => member.Name),
            new("ID", member => Show.Number(member.Machine.Status.Id)),
            new("PHASE", member => member.Machine.Status.Phase.ToString(), Painted: true),
            new("CORDONED", member => member.Machine.Spec.Cordoned ? "yes" : "no"),
            new("VMS", member => Show.Number(member.Vms.Count)),
            new("CPU FREE", member => Room(member, amount => Show.Number(amount.Cpu))),
            new("MEMORY FREE", member => Room(member, amount => Quantity.FromMiB(amount.MemoryMiB).ToString())),
            new("DISK FREE", member => Room(member, amount => Quantity.FromGiB(amount.DiskGiB).ToString())),
            new("HYPERVISOR", member => member.Machine.Status.Hypervisors is [var best, ..] ? best : Show.None),
            new("AGE", member => Show.Age(member.Machine.Metadata.CreationTimestamp, session.Screen.Now)),
            new("URI", member => member.Machine.Spec.Uri),
        ]);
    }

    private static string Room(FleetMember member, Func<Resources, string> amount) =>
        member is { Free: { } free, Machine.Status.Capacity: { } capacity } ? $"{amount(free)}/{amount(capacity)}" : Show.None;

    private static IEnumerable<(string, string?)> Fields(PhysicalMachine machine)
    {
        var (spec, status) = (machine.Spec, machine.Status);
        return
        [
            ("Phase", status.Phase.ToString()),
            ("URI", spec.Uri),
            ("Storage", spec.StoragePath),
            ("Cordoned", spec.Cordoned ? "yes" : null),
            ("Taints", string.Join(", ", spec.Taints.Select(taint => $"{taint.Key}={taint.Value}"))),
            ("Hostname", status.Hostname),
            ("Architecture", status.Architecture),
            ("CPU model", status.CpuModel),
            ("Capacity", status.Capacity is { } all ? Amount(all) : null),
            ("Foreign", status.Foreign is { } foreign ? Amount(foreign) : null),
            ("Hypervisors", string.Join(", ", status.Hypervisors)),
            ("Libvirt", status.LibvirtVersion),
            ("Version", status.HypervisorVersion),
            ("Foreign domains", string.Join(", ", status.ForeignDomains)),
            ("Orphan domains", string.Join(", ", status.OrphanDomains)),
        ];
    }

    private static string Amount(Resources amount) =>
        $"cpu {amount.Cpu}, memory {Quantity.FromMiB(amount.MemoryMiB)}, disk {Quantity.FromGiB(amount.DiskGiB)}";
}
