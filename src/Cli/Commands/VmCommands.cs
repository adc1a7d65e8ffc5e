using System.CommandLine;
using Orchestrator.Cli.Http;
using Orchestrator.Cli.Output;
using Orchestrator.Model;

namespace Orchestrator.Cli.Commands;

/// <summary><c>orchctl vm</c></summary>
internal static class VmCommands
{
    public static Command Create(GlobalOptions options) =>
        new("vm", "Virtual machines.") { List(options), ShowOne(options), CreateOne(options), Destroy(options) };

    private static ExampleCommand List(GlobalOptions options)
    {
        var all = new Option<bool>("--all-namespaces", "-A") { Description = "Those of all namespaces." };
        var list = new ExampleCommand("list", "List VMs.", "orchctl vm list", "orchctl vm list -n shop -o json", "orchctl vm list -A") { all };
        options.Act(list, (parsed, session) =>
        {
            var everywhere = parsed.GetValue(all);
            return Reading.ListAsync(session, ResourceTypes.VirtualMachines, everywhere ? null : session.Namespace, vms =>
            {
                session.Screen.Table(vms, Columns(everywhere, session.Screen.Now));
                return Task.CompletedTask;
            });
        });
        return list;
    }

    private static ExampleCommand ShowOne(GlobalOptions options)
    {
        var name = GlobalOptions.Name("Name of the VM.");
        var show = new ExampleCommand("show", "Show one VM and its conditions.", "orchctl vm show web-1", "orchctl vm show web-1 -o json") { name };
        options.Act(show, (parsed, session) => Reading.ShowAsync(session, ResourceTypes.VirtualMachines, parsed.GetValue(name)!, Fields));
        return show;
    }

    private static ExampleCommand CreateOne(GlobalOptions options)
    {
        var name = GlobalOptions.Name("Name of the new VM.");
        var type = new Option<string>("--type") { Description = "Instance type that gives its size.", Required = true };
        var image = new Option<string?>("--image") { Description = "Image its root disk starts from; without one the disk is empty." };
        var waiting = new WaitOptions("Wait until it runs.");
        var create = new ExampleCommand(
            "create", "Declare a VM; the server makes it and keeps it running.", "orchctl vm create web-1 --type small --image debian-12 --wait", "orchctl vm create scratch --type tiny -n lab")
        {
            name, type, image, waiting.Wait, waiting.Timeout,
        };
        options.Act(create, async (parsed, session) =>
        {
            var vm = new VirtualMachine
            {
                ApiVersion = ResourceTypes.VirtualMachines.ApiVersion,
                Kind = ResourceTypes.VirtualMachines.Kind,
                Metadata = new() { Name = parsed.GetValue(name)!, Namespace = session.Namespace },
                Spec = new() { InstanceType = parsed.GetValue(type), Image = parsed.GetValue(image) },
            };
            var path = ApiPath.Of(ResourceTypes.VirtualMachines, session.Namespace);
            var stored = await session.Api.PostAsync(path, ResourceTypes.VirtualMachines.Encode(vm), session.Stop);
            var created = ApiClient.Read(ResourceTypes.VirtualMachines, stored);
            if (waiting.Deadline(parsed) is { } patience)
            {
                var running = await new VmWait(session, created, patience).UntilAsync(VmWait.Runs);
                stored = running ?? throw new ApiException($"VM {created.Metadata.FullName} was deleted meanwhile");
            }

            Reading.Write(session, ResourceTypes.VirtualMachines, stored, now => session.Screen.Line(
                waiting.Deadline(parsed) is null ? $"VM {now.Metadata.FullName} created, id {now.Status.Id}" : $"VM {now.Metadata.FullName} runs on {now.Status.Host}, id {now.Status.Id}"));
        });
        return create;
    }

    private static ExampleCommand Destroy(GlobalOptions options)
    {
        var name = GlobalOptions.Name("Name of the VM.");
        var now = new Option<bool>("--now") { Description = "Do not ask the guest to shut down first." };
        var waiting = new WaitOptions("Wait until nothing is left of it.");
        var destroy = new ExampleCommand(
            "destroy", "Delete a VM with its disk. There is no way back.", "orchctl vm destroy web-1", "orchctl vm destroy web-1 --now --wait") { name, now, waiting.Wait, waiting.Timeout };
        options.Act(destroy, async (parsed, session) =>
        {
            var path = ApiPath.Of(ResourceTypes.VirtualMachines, session.Namespace, parsed.GetValue(name)!);
            var vm = ApiClient.Read(ResourceTypes.VirtualMachines, await session.Api.GetAsync(path, session.Stop));
            var answer = await session.Api.DeleteAsync(path + (parsed.GetValue(now) ? "?gracePeriodSeconds=0" : ""), session.Stop);
            if (waiting.Deadline(parsed) is { } patience)
            {
                await new VmWait(session, vm, patience).UntilAsync(_ => false);
            }

            if (session.Format is OutputFormat.Json)
            {
                session.Screen.Json(answer);
            }
            else
            {
                session.Screen.Line($"VM {vm.Metadata.FullName} {(waiting.Deadline(parsed) is null ? "is being deleted" : "is gone")}");
            }
        });
        return destroy;
    }

    private static IReadOnlyList<Column<VirtualMachine>> Columns(bool everywhere, DateTimeOffset now) =>
    [
        .. everywhere ? [new("NAMESPACE", vm => vm.Metadata.Namespace!)] : (Column<VirtualMachine>[])[],
        new("NAME", vm => vm.Metadata.Name),
        new("ID", vm => Show.Number(vm.Status.Id)),
        new("PHASE", vm => vm.Status.Phase.ToString(), Painted: true),
        new("HOST", vm => Show.Or(vm.Status.Host)),
        new("TYPE", vm => Show.Or(vm.Spec.InstanceType)),
        new("IMAGE", vm => Show.Or(vm.Spec.Image)),
        new("AGE", vm => Show.Age(vm.Metadata.CreationTimestamp, now)),
        new("WHY", vm => vm.Status.Condition("Ready") is { Status: not ConditionStatus.True } ready ? ready.Reason : ""),
    ];

    private static IEnumerable<(string, string?)> Fields(VirtualMachine vm)
    {
        var (spec, status) = (vm.Spec, vm.Status);
        return
        [
            ("Phase", status.Phase.ToString()),
            ("Deleted", vm.Metadata.DeletionTimestamp is null ? null : "asked for"),
            ("Host", status.Host),
            ("Type", spec.InstanceType),
            ("Image", spec.Image),
            ("Run strategy", spec.RunStrategy.ToString()),
            ("Size", status.Reserved is { } size ? $"cpu {size.Cpu}, memory {Quantity.FromMiB(size.MemoryMiB)}, disk {Quantity.FromGiB(size.DiskGiB)}" : null),
            ("Root disk", status.RootDisk is { } disk ? disk.Volume + (disk.Base is null ? "" : $" on {disk.Base}") : null),
        ];
    }
}
