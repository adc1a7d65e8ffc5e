using Orchestrator.Model;

namespace Orchestrator.Cli.Http;

/// <summary>The URLs of the object API.</summary>
internal static class ApiPath
{
    /// <param name="namespace">Null for all namespaces; does not matter to cluster-scoped kinds.</param>
    public static string Of(ResourceType type, string? @namespace) =>
        (type.Group.Length == 0 ? "/api/" : $"/apis/{type.Group}/") + type.Version
        + (type.Namespaced && @namespace is not null ? $"/namespaces/{Uri.EscapeDataString(@namespace)}" : "")
        + $"/{type.Plural}";

    public static string Of(ResourceType type, string? @namespace, string name) => $"{Of(type, @namespace)}/{Uri.EscapeDataString(name)}";
}
