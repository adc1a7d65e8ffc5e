using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Json;
using Orchestrator.Model;
using Orchestrator.Storage;

namespace Orchestrator.RestGateway.Objects;

/// <summary>What can be done with stored bytes without reading them into objects, so that long lists cost little more than copying.</summary>
public static class StoredObject
{
    private static readonly byte[] _metadata = "\"metadata\":{"u8.ToArray();

    /// <summary>Writes the object with its revision as <c>metadata.resourceVersion</c>.</summary>
    public static void Write(IBufferWriter<byte> to, ResourceType type, Entry entry)
    {
        var stored = entry.Value.Span;
        var head = Head(type);
        if (stored.StartsWith(head) && stored.Length > head.Length && stored[head.Length] == '"')
        {
            Span<byte> digits = stackalloc byte[20];
            entry.Revision.TryFormat(digits, out var count, default, CultureInfo.InvariantCulture);
            to.Write(head);
            to.Write("\"resourceVersion\":\""u8);
            to.Write(digits[..count]);
            to.Write("\","u8);
            to.Write(stored[head.Length..]);
        }
        else
        {
            // Not as we write today, such as from another version: read and write it anew.
            to.Write(JsonSerializer.SerializeToUtf8Bytes(type.Decode(stored, entry.Revision), type.Json));
        }
    }

    /// <summary>The labels alone: reading stops behind them.</summary>
    public static IReadOnlyDictionary<string, string> Labels(ReadOnlySpan<byte> stored)
    {
        var labels = new Dictionary<string, string>(StringComparer.Ordinal);
        var reader = new Utf8JsonReader(stored);
        if (!Enter(ref reader, "metadata"u8) || !Enter(ref reader, "labels"u8))
        {
            return labels;
        }

        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var key = reader.GetString()!;
            reader.Read();
            labels[key] = reader.GetString()!;
        }

        return labels;
    }

    /// <summary>Moves to the start of the member object of this name.</summary>
    private static bool Enter(ref Utf8JsonReader reader, ReadOnlySpan<byte> name)
    {
        if (reader.TokenType == JsonTokenType.None)
        {
            reader.Read();
        }

        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var found = reader.ValueTextEquals(name);
            reader.Read();
            if (found)
            {
                return reader.TokenType == JsonTokenType.StartObject;
            }

            reader.Skip();
        }

        return false;
    }

    // Resource has apiVersion, kind and metadata first, in this order, and metadata is never empty.
    private static byte[] Head(ResourceType type) =>
        [.. Encoding.UTF8.GetBytes($"{{\"apiVersion\":\"{type.ApiVersion}\",\"kind\":\"{type.Kind}\","), .. _metadata];
}
