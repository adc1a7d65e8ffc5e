using System.Globalization;
using System.Text.Json;

namespace Orchestrator.Model.Json;

/// <summary>
/// Keeps the whole path in errors below a list. An item is read as a document of its own, so its error knows the path from the item
/// only, and the serializer adds the path to the list; the two are joined at the end.
/// </summary>
internal static class JsonErrors
{
    /// <summary>What to throw when an item of a list cannot be read. Its path is left open for the serializer.</summary>
    public static JsonException InItem(int index, JsonException wrong)
    {
        var at = string.Create(CultureInfo.InvariantCulture, $"[{index}]{FullPath(wrong).TrimStart('$')}");
        return new(Text(wrong), new JsonException(Text(wrong), at, null, null));
    }

    /// <summary>The error with its full path, such as <c>$.spec.taints[0].key</c>, in <see cref="JsonException.Path"/> and at the head of its message.</summary>
    public static JsonException WithFullPath(JsonException wrong)
    {
        var path = FullPath(wrong);
        var field = path.TrimStart('$', '.');
        return new(field.Length == 0 ? Text(wrong) : $"{field}: {Text(wrong)}", path, wrong.LineNumber, wrong.BytePositionInLine, wrong);
    }

    private static string FullPath(JsonException wrong) =>
        (wrong.Path ?? "$") + (wrong.InnerException is JsonException { Path: ['[', ..] item } ? item : "");

    /// <summary>The message without the place that the serializer appends to it.</summary>
    private static string Text(JsonException wrong) => wrong.Message.Split(" Path: $", 2)[0];
}
