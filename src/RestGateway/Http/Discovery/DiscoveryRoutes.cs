using System.Text.Json.Serialization.Metadata;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Orchestrator.Model;

namespace Orchestrator.RestGateway.Http.Discovery;

/// <summary>What is here, in the unaggregated form that every client understands, and whether it is well.</summary>
internal static class DiscoveryRoutes
{
    public static void Map(IEndpointRouteBuilder routes)
    {
        MapDocument(routes, "/version", DiscoveryDocuments.Version, GatewayJson.Default.VersionInfo);
        MapDocument(routes, "/api", DiscoveryDocuments.Core, GatewayJson.Default.ApiVersions);
        MapDocument(routes, "/apis", DiscoveryDocuments.Groups, GatewayJson.Default.ApiGroupList);
        MapDocument(routes, $"/apis/{ResourceTypes.Group}", DiscoveryDocuments.Group, GatewayJson.Default.ApiGroup);
        MapDocument(routes, $"/apis/{ResourceTypes.Group}/v1", DiscoveryDocuments.Resources(ResourceTypes.Group, $"{ResourceTypes.Group}/v1"), GatewayJson.Default.ApiResourceList);
        MapDocument(routes, "/api/v1", DiscoveryDocuments.Resources("", "v1"), GatewayJson.Default.ApiResourceList);

        // Whoever serves these has opened its store: there is nothing else to wait for.
        foreach (var path in new[] { "/healthz", "/livez", "/readyz" })
        {
            routes.MapGet(path, http =>
            {
                http.Response.ContentType = "text/plain; charset=utf-8";
                return http.Response.WriteAsync("ok", http.RequestAborted);
            });
        }
    }

    private static void MapDocument<T>(IEndpointRouteBuilder routes, string path, T document, JsonTypeInfo<T> type)
    {
        var answer = ApiResults.Json(document, type);
        routes.MapGet(path, answer.ExecuteAsync);
    }
}
