using System.Globalization;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Orchestrator.Model;
using Orchestrator.RestGateway.Objects;
using Orchestrator.RestGateway.Objects.Selectors;

namespace Orchestrator.RestGateway.Http;

/// <summary>A request to the object API: which objects of which kind, and the query parameters by their Kubernetes meaning.</summary>
/// <param name="Type">The kind in the URL.</param>
/// <param name="Http">The request and its answer.</param>
public sealed record ApiRequest(ResourceType Type, HttpContext Http)
{
    public ObjectService Objects => Http.RequestServices.GetRequiredService<ObjectService>();

    public TimeProvider Time => Http.RequestServices.GetRequiredService<TimeProvider>();

    public CancellationToken Stop => Http.RequestAborted;

    /// <summary>The server is about to stop: what would take long should end.</summary>
    public CancellationToken Stopping => Http.RequestServices.GetRequiredService<IHostApplicationLifetime>().ApplicationStopping;

    public string? Namespace => Http.GetRouteValue("namespace") as string;

    /// <summary>Empty on requests to a whole collection.</summary>
    public string Name => Http.GetRouteValue("name") as string ?? "";

    public string? Query(string parameter) => Http.Request.Query[parameter] is [{ } first, ..] ? first : null;

    /// <summary>Absent, <c>0</c> and <c>false</c> are false; all else, even empty, is true.</summary>
    public bool Flag(string parameter) => Query(parameter) is { } value && value != "0" && !value.Equals("false", StringComparison.OrdinalIgnoreCase);

    /// <summary>A number of 0 or more; 0 when absent.</summary>
    public long Number(string parameter) => Query(parameter) switch
    {
        null or "" => 0,
        var text when long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) => number,
        var text => throw new ApiException(ApiStatus.BadRequest($"the query parameter {parameter} must be a whole number of 0 or more, not \"{text}\"")),
    };

    /// <summary>What a list or watch selects.</summary>
    public ObjectQuery ObjectQuery()
    {
        try
        {
            return new(Type, Namespace, LabelSelector.Parse(Query("labelSelector")), FieldSelector.Parse(Query("fieldSelector")));
        }
        catch (FormatException wrong)
        {
            throw new ApiException(ApiStatus.BadRequest(wrong.Message));
        }
    }
}
