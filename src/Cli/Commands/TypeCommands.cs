using System.CommandLine;
using Orchestrator.Cli.Output;
using Orchestrator.Model;

namespace Orchestrator.Cli.Commands;

/// <summary><c>orchctl type</c></summary>
internal static class TypeCommands
{
    public static Command Create(GlobalOptions options)
    {
        var list = new ExampleCommand("list", "List the sizes that VMs are made in.", "orchctl type list");
        options.Act(list, (_, session) => Reading.ListAsync(session, ResourceTypes.InstanceTypes, null, types =>
        {
            session.Screen.Table(types,
            [
                new("NAME", type => type.Metadata.Name),
                new("ID", type => Show.Number(type.Status.Id)),
                new("CPU", type => Show.Number(type.Spec.Cpu)),
                new("MEMORY", type => type.Spec.Memory.ToString()),
                new("DISK", type => type.Spec.Disk.ToString()),
                new("AGE", type => Show.Age(type.Metadata.CreationTimestamp, session.Screen.Now)),
            ]);
            return Task.CompletedTask;
        }));
        return new Command("type", "Instance types.") { list };
    }
}
