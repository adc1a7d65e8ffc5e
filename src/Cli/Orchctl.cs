using System.CommandLine;
using System.CommandLine.Invocation;
using Orchestrator.Cli.Commands;

namespace Orchestrator.Cli;

/// <summary>The command line client of the object API.</summary>
public static class Orchctl
{
    /// <summary>The server refused, does not answer, or what was waited for did not come true.</summary>
    public const int Failed = 1;

    /// <summary>The command line was wrong; nothing was asked of the server.</summary>
    public const int Misused = 2;

    /// <returns>The exit code: 0, <see cref="Failed"/> or <see cref="Misused"/>.</returns>
    public static async Task<int> RunAsync(IReadOnlyList<string> arguments, Surroundings around)
    {
        var options = new GlobalOptions(around);
        var root = new RootCommand("Declares and shows virtual machines. The server keeps them as declared.")
        {
            VmCommands.Create(options),
            PmCommands.Create(options),
            ImageCommands.Create(options),
            TypeCommands.Create(options),
            EventCommands.Create(options),
        };
        options.AddTo(root);
        ExampleHelp.AddTo(root);

        var parsed = root.Parse(arguments);
        var code = await parsed.InvokeAsync(new InvocationConfiguration { Output = around.Out, Error = around.Error });
        return parsed.Action is ParseErrorAction ? Misused : code;
    }
}
