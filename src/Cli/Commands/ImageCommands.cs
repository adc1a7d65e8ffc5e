using System.CommandLine;
using Orchestrator.Cli.Output;
using Orchestrator.Model;

namespace Orchestrator.Cli.Commands;

/// <summary><c>orchctl image</c></summary>
internal static class ImageCommands
{
    public static Command Create(GlobalOptions options)
    {
        var list = new ExampleCommand("list", "List the images that root disks start from.", "orchctl image list");
        options.Act(list, (_, session) => Reading.ListAsync(session, ResourceTypes.Images, null, images =>
        {
            session.Screen.Table(images,
            [
                new("NAME", image => image.Metadata.Name),
                new("ID", image => Show.Number(image.Status.Id)),
                new("PHASE", image => image.Status.Phase.ToString(), Painted: true),
                new("FORMAT", image => Show.Or(image.Status.Format?.ToString().ToLowerInvariant())),
                new("DISK", image => Show.Bytes(image.Status.VirtualSizeBytes)),
                new("AGE", image => Show.Age(image.Metadata.CreationTimestamp, session.Screen.Now)),
                new("SOURCE", image => image.Spec.Source),
            ]);
            return Task.CompletedTask;
        }));
        return new Command("image", "Images.") { list };
    }
}
