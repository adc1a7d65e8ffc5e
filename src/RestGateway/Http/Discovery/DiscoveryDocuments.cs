using Orchestrator.Model;

namespace Orchestrator.RestGateway.Http.Discovery;

/// <summary>Kubernetes' version.Info.</summary>
public sealed record VersionInfo(
    string Major, string Minor, string GitVersion, string GitCommit, string GitTreeState, string BuildDate, string GoVersion, string Compiler, string Platform);

/// <summary>The versions of the core group (meta/v1 APIVersions).</summary>
public sealed record ApiVersions(string Kind, IReadOnlyList<string> Versions, IReadOnlyList<string> ServerAddressByClientCIDRs);

public sealed record GroupVersion(
    [property: System.Text.Json.Serialization.JsonPropertyName("groupVersion")] string Name, string Version);

/// <summary>A group (meta/v1 APIGroup); kind and apiVersion only when it stands alone.</summary>
public sealed record ApiGroup(string? Kind, string? ApiVersion, string Name, IReadOnlyList<GroupVersion> Versions, GroupVersion PreferredVersion);

public sealed record ApiGroupList(string Kind, string ApiVersion, IReadOnlyList<ApiGroup> Groups);

public sealed record ApiResource(
    string Name, string SingularName, bool Namespaced, string Kind, IReadOnlyList<string> Verbs, IReadOnlyList<string> ShortNames, IReadOnlyList<string>? Categories);

/// <summary>The kinds of a group's version (meta/v1 APIResourceList).</summary>
public sealed record ApiResourceList(string Kind, string ApiVersion, string GroupVersion, IReadOnlyList<ApiResource> Resources);

/// <summary>What clients ask to find out what is here, made from <see cref="ResourceTypes"/>.</summary>
internal static class DiscoveryDocuments
{
    private static readonly GroupVersion _version = new($"{ResourceTypes.Group}/v1", "v1");

    /// <summary>Clients compare it with their own: the Kubernetes version whose conventions are spoken.</summary>
    public static VersionInfo Version { get; } = new("1", "32", "v1.32.0+orchestrator.0.1", "", "clean", "2026-01-01T00:00:00Z", "", "", "linux/amd64");

    public static ApiVersions Core { get; } = new("APIVersions", ["v1"], []);

    public static ApiGroup Group { get; } = new("APIGroup", "v1", ResourceTypes.Group, [_version], _version);

    public static ApiGroupList Groups { get; } = new("APIGroupList", "v1", [Group with { Kind = null, ApiVersion = null }]);

    public static ApiResourceList Resources(string group, string groupVersion) => new(
        "APIResourceList",
        "v1",
        groupVersion,
        [.. ResourceTypes.All.Where(type => type.Group == group).Select(Describe)]);

    private static ApiResource Describe(ResourceType type) => new(
        type.Plural,
        type.Singular,
        type.Namespaced,
        type.Kind,
        ObjectRoutes.IsWritable(type) ? ["create", "delete", "get", "list", "patch", "update", "watch"] : ["get", "list", "watch"],
        type.ShortNames,
        ObjectRoutes.IsWritable(type) ? ["all"] : null);
}
