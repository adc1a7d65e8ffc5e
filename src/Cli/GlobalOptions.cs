using System.CommandLine;
using Orchestrator.Model;

namespace Orchestrator.Cli;

/// <summary>The options that every command has.</summary>
internal sealed class GlobalOptions
{
    private const string ServerVariable = "ORCHCTL_SERVER";
    private const string StandardServer = "http://127.0.0.1:8080";
    private readonly Surroundings _around;
    private readonly Option<string> _server;
    private readonly Option<string> _namespace = new("--namespace", "-n") { Description = "Namespace of VMs and events.", DefaultValueFactory = _ => "default", Recursive = true };
    private readonly Option<string> _output = new("--output", "-o") { Description = "table, json, or name.", DefaultValueFactory = _ => "table", Recursive = true };

    public GlobalOptions(Surroundings around)
    {
        _around = around;
        _server = new("--server")
        {
            Description = $"URL of the server; by default ${ServerVariable}, else {StandardServer}.",
            DefaultValueFactory = _ => around.Environment(ServerVariable) is { Length: > 0 } set ? set : StandardServer,
            Recursive = true,
        };
        _server.Validators.Add(result => Check(result.GetValueOrDefault<string>(), IsServer, "must be a URL such as http://127.0.0.1:8080", result.AddError));
        _namespace.Validators.Add(result => Check(result.GetValueOrDefault<string>(), Names.IsName, Names.NameRule, result.AddError));
        _output.AcceptOnlyFromAmong("table", "json", "name");
    }

    /// <summary>An argument that is the name of an object.</summary>
    public static Argument<string> Name(string description)
    {
        var name = new Argument<string>("NAME") { Description = description };
        name.Validators.Add(result => Check(result.GetValueOrDefault<string>(), Names.IsName, Names.NameRule, result.AddError));
        return name;
    }

    public void AddTo(RootCommand root)
    {
        root.Options.Add(_server);
        root.Options.Add(_namespace);
        root.Options.Add(_output);
    }

    /// <summary>Lets the command do its work in a session made of what was given to it.</summary>
    public void Act(Command command, Func<ParseResult, Session, Task> work) => command.SetAction((parsed, stop) =>
    {
        var format = parsed.GetValue(_output) switch { "json" => OutputFormat.Json, "name" => OutputFormat.Name, _ => OutputFormat.Table };
        return Session.RunAsync(_around, new(parsed.GetValue(_server)!), parsed.GetValue(_namespace)!, format, session => work(parsed, session), stop);
    });

    private static bool IsServer(string? text) =>
        Uri.TryCreate(text, UriKind.Absolute, out var uri) && (uri.Scheme == Uri.UriSchemeHttp || uri.Scheme == Uri.UriSchemeHttps);

    private static void Check(string? text, Func<string?, bool> valid, string rule, Action<string> refuse)
    {
        if (!valid(text))
        {
            refuse($"'{text}' {rule}");
        }
    }
}
