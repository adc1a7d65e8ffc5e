using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Orchestrator.Model;
using Orchestrator.Reconciler.Specs.Yaml;

namespace Orchestrator.Reconciler.Specs;

/// <summary>Reads the text of one specs file: its documents, and all that is wrong with it. Pure.</summary>
public static class SpecReader
{
    /// <summary>A larger file is refused unread.</summary>
    public const int MaxBytes = 1 << 20;

    public const string DefaultNamespace = "default";

    /// <summary>What the server owns: ignored, so that a file may hold what <c>kubectl get -o yaml</c> printed.</summary>
    private static readonly string[] _serverMetadata =
        ["uid", "resourceVersion", "generation", "creationTimestamp", "deletionTimestamp", "deletionGracePeriodSeconds", "managedFields", "selfLink"];

    /// <summary>Kinds that describe desired state.</summary>
    private static readonly IReadOnlyList<ResourceType> _kinds = [.. ResourceTypes.All.Where(type => type.Group == ResourceTypes.Group)];

    /// <param name="path">Relative to the folder.</param>
    /// <param name="name">As errors shall name the file.</param>
    public static SpecFile Read(string path, string name, ReadOnlySpan<byte> utf8)
    {
        if (utf8.Length > MaxBytes)
        {
            return Unread(path, name, $"is larger than {MaxBytes >> 20} MiB; split it");
        }

        if (utf8.StartsWith((ReadOnlySpan<byte>)[0xFE, 0xFF]) || utf8.StartsWith((ReadOnlySpan<byte>)[0xFF, 0xFE]))
        {
            return Unread(path, name, "is UTF-16; save it as UTF-8");
        }

        var bytes = utf8.StartsWith(Encoding.UTF8.Preamble) ? utf8[3..] : utf8;
        try
        {
            return Read(path, name, new UTF8Encoding(false, throwOnInvalidBytes: true).GetString(bytes));
        }
        catch (DecoderFallbackException problem)
        {
            var good = bytes[..Math.Clamp(problem.Index, 0, bytes.Length)];
            var at = new SpecPosition(good.Count((byte)'\n') + 1, good.Length - good.LastIndexOf((byte)'\n'));
            return new(path, name, Text: null, [], [new(name, at, "", "is not UTF-8 text")]);
        }
    }

    /// <summary>A file that could not be read.</summary>
    public static SpecFile Unread(string path, string name, string why) =>
        new(path, name, Text: null, [], [new(name, SpecPosition.Start, "", why)]);

    private static SpecFile Read(string path, string name, string text)
    {
        var documents = new List<SpecDocument>();
        var errors = new List<SpecError>();
        try
        {
            foreach (var node in YamlText.Documents(text))
            {
                var json = JsonText.From(node);
                var (document, wrong) = Document(json);
                errors.AddRange(wrong.Select(error => new SpecError(name, json.Locate(error.Field), error.Field, error.Message)));
                if (document is not null)
                {
                    documents.Add(document);
                }
            }
        }
        catch (YamlRefusedException refused)
        {
            errors.Add(new(name, refused.At, "", refused.Message));
        }

        foreach (var same in documents.GroupBy(document => document.Key, StringComparer.Ordinal))
        {
            var first = same.First();
            errors.AddRange(same.Skip(1).Select(again =>
                new SpecError(name, again.At, "metadata.name", $"{again} is described twice: here and at {name}:{first.At.Line}:{first.At.Column}")));
        }

        return new(path, name, text, documents, [.. errors.OrderBy(error => error.At.Line).ThenBy(error => error.At.Column)]);
    }

    private static (SpecDocument? Document, IReadOnlyList<FieldError> Errors) Document(JsonText text)
    {
        if (JsonNode.Parse(text.Utf8.Span) is not JsonObject root)
        {
            return (null, [FieldError.Required("", "a document is a map with apiVersion, kind, metadata and spec")]);
        }

        if (Kind(root, out var errors) is not { } type)
        {
            return (null, errors);
        }

        var digest = Convert.ToHexStringLower(SHA256.HashData(text.Utf8.Span).AsSpan(0, 16));
        RemoveWhatServerOwns(root);
        var json = JsonSerializer.SerializeToElement(root, JsonNodeContext.Default.JsonObject);
        errors = [.. StrictFields.Unknown(json, type.Json), .. StrictFields.Unreadable(json, type.Json), .. Forbidden(root)];
        if (errors.Count > 0)
        {
            return (null, errors);
        }

        var described = WithDefaults(type, type.Parse(Encoding.UTF8.GetBytes(json.GetRawText())));
        errors = Admission.Create(type, described, Guid.Empty, DateTimeOffset.UnixEpoch).Errors;
        return (new(type, described, digest, text), errors);
    }

    private static ResourceType? Kind(JsonObject root, out IReadOnlyList<FieldError> errors)
    {
        var (apiVersion, kind) = (Text(root["apiVersion"]), Text(root["kind"]));
        var known = _kinds.FirstOrDefault(type => type.ApiVersion == apiVersion && type.Kind == kind);
        var choice = string.Join(", ", _kinds.Select(type => $"{type.ApiVersion} {type.Kind}"));
        errors = (apiVersion, kind) switch
        {
            _ when known is not null => [],
            (null, null) => [FieldError.Required("apiVersion", $"apiVersion and kind are one of: {choice}")],
            (null, _) => [FieldError.Required("apiVersion", $"apiVersion and kind are one of: {choice}")],
            (_, null) => [FieldError.Required("kind", $"apiVersion and kind are one of: {choice}")],
            _ => [new(_kinds.Any(type => type.Kind == kind) ? "apiVersion" : "kind", FieldErrorReason.FieldValueNotSupported, $"unknown kind {apiVersion} {kind}; known are: {choice}")],
        };
        return known;
    }

    private static string? Text(JsonNode? node) => node is JsonValue value && value.TryGetValue<string>(out var text) ? text : null;

    private static void RemoveWhatServerOwns(JsonObject root)
    {
        root.Remove("status");
        if (root["metadata"] is not JsonObject metadata)
        {
            return;
        }

        foreach (var field in _serverMetadata)
        {
            metadata.Remove(field);
        }

        if (metadata["annotations"] is JsonObject annotations)
        {
            annotations.Remove(SpecAnnotations.File);
            annotations.Remove(SpecAnnotations.Applied);
        }
    }

    private static IEnumerable<FieldError> Forbidden(JsonObject root)
    {
        var metadata = root["metadata"] as JsonObject;
        if (metadata?["generateName"] is not null)
        {
            yield return FieldError.Forbidden("metadata.generateName", "a file must name its objects, or each look at it would make another one");
        }

        if ((metadata?["annotations"] as JsonObject)?[SpecAnnotations.Prune] is { } prune && Text(prune) is not (SpecAnnotations.Keep or SpecAnnotations.Allow))
        {
            yield return FieldError.Invalid($"metadata.annotations[{SpecAnnotations.Prune}]", prune.ToString(), "must be keep or allow");
        }
    }

    private static Resource WithDefaults(ResourceType type, Resource read) => read with
    {
        Metadata = read.Metadata with
        {
            Namespace = type.Namespaced ? read.Metadata.Namespace ?? DefaultNamespace : read.Metadata.Namespace,
        },
    };
}

[System.Text.Json.Serialization.JsonSerializable(typeof(JsonObject))]
internal sealed partial class JsonNodeContext : System.Text.Json.Serialization.JsonSerializerContext;
