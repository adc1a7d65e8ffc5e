using System.Buffers;
using System.Text.Json;
using System.Text.Unicode;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Net.Http.Headers;

namespace Orchestrator.RestGateway.Http;

/// <summary>Reads JSON bodies: bounded, and refused with the place of the fault when they are no JSON.</summary>
internal static class RequestBody
{
    /// <summary>The most bytes of a body (as the Kubernetes API server).</summary>
    public const int Limit = 3 * 1024 * 1024;

    public const string Json = "application/json";
    public const string MergePatch = "application/merge-patch+json";

    /// <summary>The body, empty if there is none. Its type must be <paramref name="mediaType"/>; none at all counts as JSON.</summary>
    public static async Task<ReadOnlyMemory<byte>> ReadAsync(HttpContext http, string mediaType)
    {
        RequireMediaType(http.Request.ContentType, mediaType);
        if (http.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } limit)
        {
            limit.MaxRequestBodySize = Limit;
        }

        var reader = http.Request.BodyReader;
        while (true)
        {
            var read = await reader.ReadAsync(http.RequestAborted);
            if (read.Buffer.Length > Limit)
            {
                throw new ApiException(ApiStatus.TooLarge($"the body is larger than {Limit} bytes"));
            }

            if (read.IsCompleted)
            {
                var body = read.Buffer.ToArray();
                reader.AdvanceTo(read.Buffer.End);
                return body;
            }

            reader.AdvanceTo(read.Buffer.Start, read.Buffer.End);
        }
    }

    /// <summary>Refuses what is not one well-formed JSON object with readable text.</summary>
    public static JsonElement ParseObject(ReadOnlyMemory<byte> body)
    {
        if (body.IsEmpty)
        {
            throw Malformed("it is empty");
        }

        if (!Utf8.IsValid(body.Span))
        {
            throw Malformed("it is not valid UTF-8");
        }

        try
        {
            RequireReadableText(body.Span);
            var root = JsonElement.Parse(body.Span);
            return root.ValueKind == JsonValueKind.Object ? root : throw Malformed("expected an object");
        }
        catch (JsonException wrong)
        {
            var (line, column) = (wrong.LineNumber + 1, wrong.BytePositionInLine + 1);
            throw Malformed(line is null ? wrong.Message : $"line {line}, position {column}: {wrong.Message.Split(" LineNumber:")[0]}");
        }
    }

    /// <summary>Half of a surrogate pair, written as an escape, is well-formed JSON but no text.</summary>
    private static void RequireReadableText(ReadOnlySpan<byte> body)
    {
        var reader = new Utf8JsonReader(body);
        while (reader.Read())
        {
            if (reader.ValueIsEscaped && reader.TokenType is JsonTokenType.String or JsonTokenType.PropertyName)
            {
                try
                {
                    _ = reader.GetString();
                }
                catch (InvalidOperationException)
                {
                    throw Malformed($"the text at byte {reader.TokenStartIndex} holds half of a surrogate pair");
                }
            }
        }
    }

    private static void RequireMediaType(string? contentType, string mediaType)
    {
        if (string.IsNullOrEmpty(contentType) && mediaType == Json)
        {
            return;
        }

        if (!MediaTypeHeaderValue.TryParse(contentType, out var sent) || !sent.MediaType.Equals(mediaType, StringComparison.OrdinalIgnoreCase))
        {
            throw new ApiException(ApiStatus.UnsupportedMediaType($"the body must be {mediaType}"));
        }
    }

    private static ApiException Malformed(string why) => new(ApiStatus.BadRequest($"the body is not JSON as expected: {why}"));
}
