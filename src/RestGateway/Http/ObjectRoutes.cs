using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using Orchestrator.Model;

namespace Orchestrator.RestGateway.Http;

/// <summary>
/// The object API's URLs: <c>/apis/GROUP/VERSION[/namespaces/NAMESPACE]/PLURAL[/NAME]</c>, for the core group <c>/api/VERSION/…</c>.
/// Verbs that a URL does not have are answered with 405, other URLs with 404, both as a Status.
/// </summary>
internal static class ObjectRoutes
{
    public static void Map(IEndpointRouteBuilder routes)
    {
        foreach (var type in ResourceTypes.All)
        {
            var root = (type.Group.Length == 0 ? "/api/" : $"/apis/{type.Group}/") + type.Version;
            if (type.Namespaced)
            {
                MapCollection(routes, type, $"{root}/{type.Plural}", create: false);
                root += "/namespaces/{namespace}";
            }

            MapCollection(routes, type, $"{root}/{type.Plural}", create: IsWritable(type));
            MapObject(routes, type, $"{root}/{type.Plural}/{{name}}");
        }

        foreach (var root in new[] { "/api", "/apis" })
        {
            routes.Map($"{root}/{{**unknown}}", ApiHandler.Always(ApiStatus.UnknownPath));
        }
    }

    /// <summary>Events are reports: only the reconciler writes them.</summary>
    public static bool IsWritable(ResourceType type) => type != ResourceTypes.Events;

    private static void MapCollection(IEndpointRouteBuilder routes, ResourceType type, string path, bool create)
    {
        routes.MapGet(path, ApiHandler.For(type, ObjectReads.ListAsync));
        if (create)
        {
            routes.MapPost(path, ApiHandler.For(type, ObjectWrites.CreateAsync));
        }

        routes.Map(path, ApiHandler.Always(ApiStatus.MethodNotAllowed));
    }

    private static void MapObject(IEndpointRouteBuilder routes, ResourceType type, string path)
    {
        routes.MapGet(path, ApiHandler.For(type, ObjectReads.GetAsync));
        if (IsWritable(type))
        {
            routes.MapPut(path, ApiHandler.For(type, ObjectWrites.ReplaceAsync));
            routes.MapPatch(path, ApiHandler.For(type, ObjectWrites.PatchAsync));
            routes.MapDelete(path, ApiHandler.For(type, ObjectWrites.DeleteAsync));
        }

        routes.Map(path, ApiHandler.Always(ApiStatus.MethodNotAllowed));
    }
}
