using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Microsoft.Net.Http.Headers;
using Orchestrator.Model;

namespace Orchestrator.RestGateway.Http;

/// <summary>Makes an object of a body, by the rules of the URL and of <c>fieldValidation</c>.</summary>
internal static class ObjectBody
{
    private const int MostWarnings = 10;
    private const int MostErrors = 500;
    private const int LongestWarning = 256;

    /// <summary>The object in a POST or PUT body.</summary>
    public static async Task<Resource> ReadAsync(ApiRequest request) =>
        Parse(request, await RequestBody.ReadAsync(request.Http, RequestBody.Json));

    public static Resource Parse(ApiRequest request, ReadOnlyMemory<byte> body)
    {
        var json = RequestBody.ParseObject(body);
        RequireKind(request.Type, json);
        CheckUnknownFields(request, json);
        return Place(request, Read(request, body, json));
    }

    private static void RequireKind(ResourceType type, JsonElement json)
    {
        foreach (var (field, expected) in new[] { ("apiVersion", type.ApiVersion), ("kind", type.Kind) })
        {
            if (json.TryGetProperty(field, out var sent) && !(sent.ValueKind == JsonValueKind.String && sent.GetString() is { } text && (text.Length == 0 || text == expected)))
            {
                throw new ApiException(ApiStatus.BadRequest($"the {field} in the body does not match the {field} of the URL ({expected})"));
            }
        }
    }

    private static void CheckUnknownFields(ApiRequest request, JsonElement json)
    {
        var validation = request.Query("fieldValidation") switch
        {
            null or "" => "Warn",
            var known and ("Ignore" or "Warn" or "Strict") => known,
            var other => throw new ApiException(ApiStatus.BadRequest($"fieldValidation must be Ignore, Warn or Strict, not \"{other}\"")),
        };
        if (validation == "Ignore")
        {
            return;
        }

        var errors = StrictFields.Unknown(json, request.Type.ReadJson).Take(MostErrors).ToList();
        if (validation == "Strict" && errors.Count > 0)
        {
            var type = request.Type;
            var list = string.Join(", ", errors.Take(MostWarnings).Select(Sentence));
            throw new ApiException(ApiStatus.BadRequest(
                $"{type.Kind} in version \"{type.Version}\" cannot be handled as a {type.Kind}: strict decoding error: {list}",
                new() { Group = type.Group, Kind = type.Kind, Causes = StatusCause.Of(errors) }));
        }

        foreach (var error in errors.Take(MostWarnings))
        {
            request.Http.Response.Headers.Append(HeaderNames.Warning, $"299 - \"{Quotable(Sentence(error))}\"");
        }
    }

    private static Resource Read(ApiRequest request, ReadOnlyMemory<byte> body, JsonElement json)
    {
        try
        {
            return request.Type.Parse(body.Span);
        }
        catch (JsonException wrong)
        {
            var errors = StrictFields.Unreadable(json, request.Type.ReadJson)
                .Concat(StrictFields.Unknown(json, request.Type.ReadJson).Where(error => error.Reason == FieldErrorReason.FieldValueDuplicate))
                .Take(MostErrors)
                .ToList();
            throw new ApiException(ApiStatus.Invalid(
                request.Type,
                request.Name,
                errors.Count > 0 ? errors : [FieldError.Invalid(wrong.Path?.TrimStart('$', '.') ?? "", "", "cannot be read")]));
        }
    }

    /// <summary>The namespace and name of the URL hold; the body may repeat but not contradict them.</summary>
    private static Resource Place(ApiRequest request, Resource sent)
    {
        var metadata = sent.Metadata;
        if (request.Namespace is { } @namespace)
        {
            if (metadata.Namespace is { Length: > 0 } other && other != @namespace)
            {
                throw new ApiException(ApiStatus.BadRequest("the namespace of the provided object does not match the namespace sent on the request"));
            }

            metadata = metadata with { Namespace = @namespace };
        }
        else if (metadata.Namespace is "")
        {
            metadata = metadata with { Namespace = null };
        }

        if (request.Name.Length > 0)
        {
            if (metadata.Name.Length > 0 && metadata.Name != request.Name)
            {
                throw new ApiException(ApiStatus.BadRequest("the name of the object does not match the name on the URL"));
            }

            metadata = metadata with { Name = request.Name };
        }

        return sent with { Metadata = metadata };
    }

    private static string Sentence(FieldError error) => error.Reason == FieldErrorReason.FieldValueDuplicate
        ? $"duplicate field \"{error.Field}\""
        : $"unknown field \"{error.Field}\"{error.Message["unknown field".Length..]}";

    /// <summary>Text inside the quotes of a header: printable ASCII, quotes and backslashes escaped.</summary>
    private static string Quotable(string text)
    {
        var quotable = new StringBuilder();
        foreach (var letter in text.Take(LongestWarning))
        {
            _ = letter switch
            {
                '"' or '\\' => quotable.Append('\\').Append(letter),
                >= ' ' and <= '~' => quotable.Append(letter),
                _ => quotable.Append('?'),
            };
        }

        return quotable.ToString();
    }
}
