using System.Text;
using System.Text.Json.Nodes;
using FsCheck;
using FsCheck.Fluent;

namespace Orchestrator.RestGateway.Tests;

/// <summary>Bodies made from a valid one: bytes changed, cut, doubled; values and names exchanged for hostile ones.</summary>
public static class BadBodies
{
    private static readonly string[] _hostile =
    [
        "null", "true", "-1", "0", "1e999", "-0.5", "99999999999999999999999", "\"\"", "\"\\u0000\"", "\"<\\\"';\\n\"", "\"😀\"", "\"10Gi\"", "\"Always\"", "[]", "[null]", "[[]]", "{}", "{\"a\":{}}",
        "\"2026-01-01T00:00:00Z\"", "\"9999-12-31T23:59:59+14:00\"", "\"-1Gi\"", "\"1e30\"", "\"00000000-0000-0000-0000-000000000000\"", $"\"{new string('x', 10_000)}\"",
    ];

    private static readonly string[] _names =
        ["metadata", "spec", "status", "name", "namespace", "uid", "labels", "generation", "finalizers", "ownerReferences", "deletionTimestamp", "memory", "disk", "image", "kind", "", "\r\n", "é", "a.b"];

    public static Gen<byte[]> From(string valid)
    {
        var bytes = Encoding.UTF8.GetBytes(valid);
        var cut = Gen.Choose(0, bytes.Length - 1).Select(length => bytes[..length]);
        var flipped = Gen.Choose(0, bytes.Length - 1).SelectMany(at => Gen.Choose(0, 255).Select(octet => (byte[])[.. bytes[..at], (byte)octet, .. bytes[(at + 1)..]]));
        var doubled = Gen.Choose(0, bytes.Length - 1).SelectMany(at => Gen.Choose(1, 20).Select(length => (byte[])[.. bytes[..at], .. bytes[at..Math.Min(at + length, bytes.Length)], .. bytes[at..]]));
        var noise = Gen.Choose(0, 255).Select(octet => (byte)octet).ArrayOf();
        var replaced = Gen.Choose(0, 40).SelectMany(at => Gen.Elements(_hostile).Select(value => Mutate(valid, at, (parent, name) => parent[name] = JsonNode.Parse(value))));
        var added = Gen.Choose(0, 40).SelectMany(at => Gen.Elements(_names).SelectMany(name => Gen.Elements(_hostile).Select(value => Mutate(valid, at, (parent, _) => parent[name] = JsonNode.Parse(value)))));
        var removed = Gen.Choose(0, 40).Select(at => Mutate(valid, at, (parent, name) => parent.Remove(name)));
        return Gen.OneOf(cut, flipped, doubled, noise, replaced, replaced, added, added, removed);
    }

    /// <summary>Changes the member with this number, counted through the whole tree.</summary>
    private static byte[] Mutate(string valid, int at, Action<JsonObject, string> change)
    {
        var root = JsonNode.Parse(valid)!;
        var members = Members(root).ToList();
        var (parent, name) = members[at % members.Count];
        change(parent, name);
        return Encoding.UTF8.GetBytes(root.ToJsonString());
    }

    private static IEnumerable<(JsonObject Parent, string Name)> Members(JsonNode? node) => node switch
    {
        JsonObject parent => parent.SelectMany(member => Members(member.Value).Prepend((parent, member.Key))),
        JsonArray items => items.SelectMany(Members),
        _ => [],
    };
}
