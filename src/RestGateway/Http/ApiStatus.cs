using System.Globalization;
using Orchestrator.Model;

namespace Orchestrator.RestGateway.Http;

/// <summary>A Kubernetes <c>Status</c>: how a request ended, for people and programs (k8s.io/apimachinery, meta/v1).</summary>
public sealed record ApiStatus
{
    // What was sent as a name may be a megabyte.
    private const int LongestName = 64;

    public string Kind { get; } = "Status";

    public string ApiVersion { get; } = "v1";

    public StatusMetadata Metadata { get; } = new();

    public required string Status { get; init; }

    public string? Message { get; init; }

    public string? Reason { get; init; }

    public StatusDetails? Details { get; init; }

    public required int Code { get; init; }

    public static ApiStatus Failure(int code, string reason, string message, StatusDetails? details = null) =>
        new() { Status = "Failure", Code = code, Reason = reason, Message = message, Details = details };

    public static ApiStatus BadRequest(string message, StatusDetails? details = null) => Failure(400, "BadRequest", message, details);

    public static ApiStatus UnknownPath { get; } = Failure(404, "NotFound", "the server could not find the requested resource");

    public static ApiStatus NotFound(ResourceType type, string name) =>
        Failure(404, "NotFound", $"{type.QualifiedPlural} \"{name}\" not found", StatusDetails.OfPlural(type, name));

    public static ApiStatus MethodNotAllowed { get; } = Failure(405, "MethodNotAllowed", "the server does not allow this method on the requested resource");

    public static ApiStatus AlreadyExists(ResourceType type, string name, string message) =>
        Failure(409, "AlreadyExists", message, StatusDetails.OfPlural(type, name));

    public static ApiStatus Conflict(ResourceType type, string name, string message) => Failure(409, "Conflict", message, StatusDetails.OfPlural(type, name));

    public static ApiStatus Expired(string message) => Failure(410, "Expired", message);

    public static ApiStatus TooLarge(string message) => Failure(413, "RequestEntityTooLarge", message);

    public static ApiStatus UnsupportedMediaType(string message) => Failure(415, "UnsupportedMediaType", message);

    public static ApiStatus Invalid(ResourceType type, string name, IReadOnlyCollection<FieldError> errors)
    {
        var causes = StatusCause.Of(errors);
        var shown = name.Length <= LongestName ? name : name[..LongestName] + "…";
        var list = causes.Count == 1 ? causes[0].ToString() : $"[{string.Join(", ", causes)}]";
        return Failure(
            422,
            "Invalid",
            $"{type.Kind}{(type.Group.Length == 0 ? "" : "." + type.Group)} \"{shown}\" is invalid: {list}",
            new() { Name = shown, Group = type.Group, Kind = type.Kind, Causes = causes });
    }

    public static ApiStatus Unavailable(string message) => Failure(503, "ServiceUnavailable", message);

    public static ApiStatus InternalError { get; } = Failure(500, "InternalError", "Internal error occurred; the server's log tells more");

    /// <summary>The object is gone; the uid lets a client tell it from a namesake.</summary>
    public static ApiStatus Removed(ResourceType type, ObjectMeta metadata) => new()
    {
        Status = "Success",
        Code = 200,
        Details = StatusDetails.OfPlural(type, metadata.Name) with { Uid = metadata.Uid?.ToString() },
    };
}

/// <summary>The always empty metadata of a Status.</summary>
public sealed record StatusMetadata;

public sealed record StatusDetails
{
    public string? Name { get; init; }

    public string? Group { get; init; }

    /// <summary>The plural, or for Invalid the kind: as Kubernetes does it.</summary>
    public string? Kind { get; init; }

    public string? Uid { get; init; }

    public IReadOnlyList<StatusCause>? Causes { get; init; }

    public static StatusDetails OfPlural(ResourceType type, string name) => new() { Name = name, Group = type.Group, Kind = type.Plural };
}

/// <summary>What is wrong with one field.</summary>
public sealed record StatusCause(string Reason, string Message, string Field)
{
    private const int Most = 50;

    /// <summary>The first errors; a body with thousands gets no answer of megabytes.</summary>
    public static IReadOnlyList<StatusCause> Of(IReadOnlyCollection<FieldError> errors)
    {
        var shown = errors.Take(Most).Select(error => new StatusCause(error.Reason.ToString(), error.Message, error.Field));
        return errors.Count <= Most
            ? [.. shown]
            : [.. shown, new("FieldValueInvalid", string.Create(CultureInfo.InvariantCulture, $"and {errors.Count - Most} more"), "")];
    }

    public override string ToString() => Field.Length == 0 ? Message : $"{Field}: {Message}";
}

/// <summary>Ends a request with a Status; for what is wrong with the request itself. What the store answers are ordinary results.</summary>
public sealed class ApiException(ApiStatus status) : Exception(status.Message)
{
    public ApiStatus Status { get; } = status;
}
