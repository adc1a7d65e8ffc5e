using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;

namespace Orchestrator.Cli;

/// <summary>A command whose help ends with examples.</summary>
/// <param name="examples">One command line each, with all of it as a user would type it.</param>
internal sealed class ExampleCommand(string name, string description, params string[] examples) : Command(name, description)
{
    public IReadOnlyList<string> Examples => examples;
}

/// <summary><c>--help</c>: the ordinary help, then the command's examples, or those of its subcommands.</summary>
internal sealed class ExampleHelp(HelpAction plain) : SynchronousCommandLineAction
{
    public static void AddTo(RootCommand root)
    {
        var option = root.Options.OfType<HelpOption>().Single();
        option.Action = new ExampleHelp((HelpAction)option.Action!);
    }

    public override int Invoke(ParseResult parseResult)
    {
        var code = plain.Invoke(parseResult);
        var examples = Of(parseResult.CommandResult.Command).ToList();
        if (examples.Count > 0)
        {
            var output = parseResult.InvocationConfiguration.Output;
            output.WriteLine("Examples:");
            foreach (var example in examples)
            {
                output.WriteLine($"  {example}");
            }

            output.WriteLine();
        }

        return code;
    }

    private static IEnumerable<string> Of(Command command) =>
        command is ExampleCommand { Examples: { Count: > 0 } own } ? own : command.Subcommands.SelectMany(Of);
}
