using System.CommandLine;
using Orchestrator.ThreeFiles;

namespace Orchestrator.Commands;

/// <summary><c>orchestrator import</c>: turns pm_file, image_file and flavor_file into specs.</summary>
internal static class ImportCommand
{
    public static Command Create()
    {
        var files = new Argument<string[]>("files")
        {
            Arity = new(0, 3),
            Description = "pm_file image_file flavor_file; without them this machine becomes the only PM, with the three standard flavors.",
        };
        var specs = new Option<string>("--specs") { Description = "Folder to write the specs into.", DefaultValueFactory = _ => "/var/lib/orchestrator/specs" };
        var check = new Option<bool>("--check") { Description = "Only say what is wrong with the files; write nothing." };
        var command = new Command("import", "Turn pm_file, image_file and flavor_file into YAML specs; run again to update.") { files, specs, check };
        command.SetAction(parsed => Run(parsed.GetValue(files) ?? [], parsed.GetValue(specs)!, parsed.GetValue(check)));
        return command;
    }

    private static int Run(string[] files, string folder, bool checkOnly)
    {
        if (files.Length is not (0 or 3))
        {
            Console.Error.WriteLine("orchestrator import: give all three of pm_file image_file flavor_file, or none");
            return 2;
        }

        var (machines, images, types) = files is [var first, var second, var third] ? (first, second, third) : ((string?)null, null, null);
        var (problems, counts) = checkOnly
            ? SeedFiles.Check(machines, images, types) is var specs ? (specs.Problems, specs.Counts) : default
            : SeedFiles.Import(machines, images, types, folder) is var result ? (result.Problems, result.Counts) : default;
        foreach (var problem in problems)
        {
            Console.Error.WriteLine(problem);
        }

        if (problems.Count > 0)
        {
            Console.Error.WriteLine($"{problems.Count} errors; nothing was changed");
            return 1;
        }

        Console.WriteLine($"{counts.Machines} PMs, {counts.Images} images, {counts.Types} flavors{(checkOnly ? " are well-formed" : $" written to {folder}")}");
        return 0;
    }
}
