using System.Net;
using System.Text.Json;

namespace Orchestrator.Cli.Http;

/// <summary>Makes a message of the Kubernetes <c>Status</c> that a refusal is answered with.</summary>
internal static class StatusReader
{
    public static ApiException Read(Uri server, HttpStatusCode code, JsonElement? body) => body switch
    {
        { ValueKind: JsonValueKind.Object } status when Text(status, "kind") == "Status" => FromStatus(status, code),
        _ => new($"{server} answers, but not as an Orchestrator server does (HTTP {(int)code})"),
    };

    private static ApiException FromStatus(JsonElement status, HttpStatusCode code)
    {
        var notFound = code is HttpStatusCode.NotFound;
        var details = status.TryGetProperty("details", out var given) ? given : default;
        var causes = Causes(details);

        // The message of an invalid object repeats all causes in one line.
        return Text(status, "reason") == "Invalid" && causes.Count > 0
            ? new($"{Text(details, "kind")} \"{Text(details, "name")}\" is invalid", causes)
            : new(Text(status, "message") ?? $"HTTP {(int)code}", notFound: notFound);
    }

    private static List<string> Causes(JsonElement details) =>
        details.ValueKind is JsonValueKind.Object && details.TryGetProperty("causes", out var causes) && causes.ValueKind is JsonValueKind.Array
            ? [.. causes.EnumerateArray().Select(cause => Text(cause, "field") is { Length: > 0 } field ? $"{field}: {Text(cause, "message")}" : Text(cause, "message") ?? "")]
            : [];

    private static string? Text(JsonElement element, string property) =>
        element.ValueKind is JsonValueKind.Object && element.TryGetProperty(property, out var text) && text.ValueKind is JsonValueKind.String ? text.GetString() : null;
}
