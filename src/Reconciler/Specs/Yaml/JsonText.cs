using System.Buffers;
using System.Text.Json;

namespace Orchestrator.Reconciler.Specs.Yaml;

/// <summary>A YAML document as JSON, and where in the text each field stands.</summary>
internal sealed class JsonText
{
    private const int MaxBytes = 8 << 20;

    private readonly Dictionary<string, SpecPosition> _places = new(StringComparer.Ordinal);
    private readonly ArrayBufferWriter<byte> _bytes = new();
    private int _nodes;

    private JsonText(YamlNode root)
    {
        using var writer = new Utf8JsonWriter(_bytes, new() { MaxDepth = YamlText.MaxDepth + 2 });
        Write(writer, root, [], depth: 1);
    }

    public ReadOnlyMemory<byte> Utf8 => _bytes.WrittenMemory;

    /// <exception cref="YamlRefusedException">Its aliases make it too large or too deep.</exception>
    public static JsonText From(YamlNode root) => new(root);

    /// <summary>Where the field stands, or the nearest one around it.</summary>
    public SpecPosition Locate(string field)
    {
        for (var parts = FieldPath.Parts(field); ; parts = [.. parts.SkipLast(1)])
        {
            if (_places.TryGetValue(Key(parts), out var at))
            {
                return at;
            }
        }
    }

    private static string Key(IEnumerable<string> parts) => string.Join('\0', parts);

    private void Write(Utf8JsonWriter writer, YamlNode node, IReadOnlyList<string> path, int depth)
    {
        if (++_nodes > YamlText.MaxNodes || depth > YamlText.MaxDepth || writer.BytesPending + writer.BytesCommitted > MaxBytes)
        {
            throw new YamlRefusedException(
                node.At,
                $"aliases make the document larger than {YamlText.MaxNodes} values or {MaxBytes >> 20} MiB, or deeper than {YamlText.MaxDepth} levels");
        }

        _places.TryAdd(Key(path), node.At);
        switch (node)
        {
            case YamlMap map:
                writer.WriteStartObject();
                foreach (var entry in map.Entries)
                {
                    IReadOnlyList<string> child = [.. path, entry.Key];
                    _places.TryAdd(Key(child), entry.At);
                    writer.WritePropertyName(entry.Key);
                    Write(writer, entry.Value, child, depth + 1);
                }

                writer.WriteEndObject();
                break;
            case YamlList list:
                writer.WriteStartArray();
                for (var i = 0; i < list.Items.Count; i++)
                {
                    Write(writer, list.Items[i], [.. path, i.ToString(System.Globalization.CultureInfo.InvariantCulture)], depth + 1);
                }

                writer.WriteEndArray();
                break;
            case YamlScalar scalar:
                writer.WriteRawValue(scalar.Json);
                break;
        }
    }
}
