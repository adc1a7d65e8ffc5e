using System.Text.Json;
using System.Text.Json.Nodes;

namespace Orchestrator.RestGateway.Http;

/// <summary>JSON merge patch (RFC 7396): objects are merged member by member, null removes, anything else replaces.</summary>
internal static class MergePatch
{
    // A name that occurs twice would say two things.
    private static readonly JsonDocumentOptions _strict = new() { AllowDuplicateProperties = false };

    /// <exception cref="ApiException">The patch names a member twice.</exception>
    public static byte[] Apply(ReadOnlySpan<byte> json, ReadOnlySpan<byte> patch)
    {
        var merged = Merge(JsonNode.Parse(json), ParsePatch(patch));
        using var bytes = new MemoryStream();
        using (var writer = new Utf8JsonWriter(bytes))
        {
            merged!.WriteTo(writer);
        }

        return bytes.ToArray();
    }

    private static JsonObject ParsePatch(ReadOnlySpan<byte> patch)
    {
        try
        {
            return JsonNode.Parse(patch, null, _strict)!.AsObject();
        }
        catch (JsonException twice)
        {
            throw new ApiException(ApiStatus.BadRequest($"the patch is not usable: {twice.Message}"));
        }
    }

    private static JsonNode? Merge(JsonNode? target, JsonNode? patch)
    {
        if (patch is not JsonObject changes)
        {
            return patch?.DeepClone();
        }

        var merged = target as JsonObject ?? [];
        foreach (var (name, change) in changes)
        {
            if (change is null)
            {
                merged.Remove(name);
            }
            else
            {
                var before = merged[name];
                merged.Remove(name);
                merged[name] = Merge(before, change);
            }
        }

        return merged;
    }
}
