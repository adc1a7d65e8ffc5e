using System.CommandLine;
using System.Text.Json;
using Orchestrator.Cli.Http;
using Orchestrator.Cli.Output;
using Orchestrator.Model;

namespace Orchestrator.Cli.Commands;

/// <summary><c>orchctl events</c></summary>
internal static class EventCommands
{
    /// <summary>Where Events about objects without a namespace are.</summary>
    private const string ClusterNamespace = "default";

    public static Command Create(GlobalOptions options)
    {
        var about = new Option<string?>("--for") { Description = "Only about this object.", HelpName = "KIND/NAME" };
        about.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<string?>() is { } text && Target(text) is null)
            {
                result.AddError($"'{text}' must be KIND/NAME with one of the kinds {string.Join(", ", ResourceTypes.All.Where(type => type.Numbered).Select(type => type.ShortNames[0]))}, such as vm/web-1");
            }
        });
        var events = new ExampleCommand(
            "events", "List what was done and what went wrong, oldest first.", "orchctl events", "orchctl events --for vm/web-1", "orchctl events --for pm/pm1 -o json") { about };
        options.Act(events, (parsed, session) => ListAsync(session, parsed.GetValue(about) is { } text ? Target(text) : null));
        return events;
    }

    private static async Task ListAsync(Session session, (ResourceType Type, string Name)? target)
    {
        var @namespace = target is { Type.Namespaced: false } ? ClusterNamespace : session.Namespace;
        var list = await session.Api.GetAsync(ApiPath.Of(ResourceTypes.Events, @namespace), session.Stop);
        var found = ApiClient.Items(list)
            .Select(json => (Json: json, Event: ApiClient.Read(ResourceTypes.Events, json)))
            .Where(one => target is not { } wanted || (one.Event.InvolvedObject.Kind == wanted.Type.Kind && one.Event.InvolvedObject.Name == wanted.Name))
            .OrderBy(one => one.Event.LastTimestamp)
            .ToList();
        switch (session.Format)
        {
            case OutputFormat.Json:
                session.Screen.Json(JsonSerializer.SerializeToElement(new { kind = "EventList", apiVersion = "v1", items = found.Select(one => one.Json) }));
                break;
            case OutputFormat.Name:
                found.ForEach(one => session.Screen.Line($"event/{one.Event.Metadata.Name}"));
                break;
            case OutputFormat.Table when found.Count == 0:
                session.Screen.Note($"no events in namespace {@namespace}; they are kept for an hour after they last happened");
                break;
            default:
                Table(session.Screen, [.. found.Select(one => one.Event)]);
                break;
        }
    }

    private static void Table(Screen screen, IReadOnlyList<Event> events) => screen.Table(events,
    [
        new("LAST SEEN", happened => Show.Age(happened.LastTimestamp, screen.Now)),
        new("TYPE", happened => happened.Type, Painted: true),
        new("REASON", happened => happened.Reason),
        new("OBJECT", happened => $"{happened.InvolvedObject.Kind?.ToLowerInvariant()}/{happened.InvolvedObject.Name}"),
        new("COUNT", happened => Show.Number(happened.Count)),
        new("MESSAGE", happened => happened.Message),
    ]);

    /// <summary>Kinds by any of their names, as users write them; null when it is none.</summary>
    private static (ResourceType Type, string Name)? Target(string text) =>
        text.Split('/') is [var kind, var name] && Names.IsName(name)
        && ResourceTypes.All.FirstOrDefault(type => type.Numbered && type.ShortNames.Concat([type.Singular, type.Plural, type.Kind]).Contains(kind, StringComparer.OrdinalIgnoreCase)) is { } found
            ? (found, name)
            : null;
}
