using System.CommandLine;
using Orchestrator.Commands;

var root = new RootCommand("Keeps virtual machines on plain libvirt hosts as they are declared.")
{
    ServeCommand.Create(),
    ImportCommand.Create(),
};
return await root.Parse(args).InvokeAsync();
