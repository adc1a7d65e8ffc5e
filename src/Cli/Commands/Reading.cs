using System.Text.Json;
using Orchestrator.Cli.Http;
using Orchestrator.Cli.Output;
using Orchestrator.Model;

namespace Orchestrator.Cli.Commands;

/// <summary>What all <c>list</c> and <c>show</c> commands do alike.</summary>
internal static class Reading
{
    /// <param name="namespace">Null for all namespaces.</param>
    /// <param name="table">Writes the objects for people.</param>
    public static async Task ListAsync<T>(Session session, ResourceType<T> type, string? @namespace, Func<IReadOnlyList<T>, Task> table)
        where T : Resource
    {
        var list = await session.Api.GetAsync(ApiPath.Of(type, @namespace), session.Stop);
        if (session.Format is OutputFormat.Json)
        {
            session.Screen.Json(list);
            return;
        }

        var items = ApiClient.Items(list).Select(item => ApiClient.Read(type, item)).ToList();
        if (session.Format is OutputFormat.Name)
        {
            items.ForEach(item => session.Screen.Line(Name(type, item.Metadata.Name)));
        }
        else if (items.Count == 0)
        {
            session.Screen.Note(type.Namespaced && @namespace is not null ? $"no {type.Plural} in namespace {@namespace}" : $"no {type.Plural}");
        }
        else
        {
            await table(items);
        }
    }

    /// <param name="fields">What is shown of the object, beside its conditions.</param>
    public static async Task ShowAsync<T>(Session session, ResourceType<T> type, string name, Func<T, IEnumerable<(string, string?)>> fields)
        where T : Resource
    {
        var json = await session.Api.GetAsync(ApiPath.Of(type, session.Namespace, name), session.Stop);
        Write(session, type, json, item =>
        {
            session.Screen.Fields([.. Head(item, session.Screen.Now), .. fields(item)]);
            session.Screen.Conditions(item.BaseStatus!);
        });
    }

    /// <summary>Writes one object in the form that was asked for.</summary>
    public static void Write<T>(Session session, ResourceType<T> type, JsonElement json, Action<T> table)
        where T : Resource
    {
        var item = ApiClient.Read(type, json);
        switch (session.Format)
        {
            case OutputFormat.Json:
                session.Screen.Json(json);
                break;
            case OutputFormat.Name:
                session.Screen.Line(Name(type, item.Metadata.Name));
                break;
            default:
                table(item);
                break;
        }
    }

    /// <summary>As <c>kubectl -o name</c> writes it.</summary>
    private static string Name(ResourceType type, string name) =>
        $"{type.Singular}{(type.Group.Length == 0 ? "" : "." + type.Group)}/{name}";

    private static IEnumerable<(string, string?)> Head(Resource item, DateTimeOffset now) =>
    [
        ("Name", item.Metadata.Name),
        ("Namespace", item.Metadata.Namespace),
        ("Id", Show.Number(item.BaseStatus!.Id)),
        ("Uid", item.Metadata.Uid?.ToString()),
        ("Labels", item.Metadata.Labels.ToString()),
        ("Age", Show.Age(item.Metadata.CreationTimestamp, now)),
    ];
}
