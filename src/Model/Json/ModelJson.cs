using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;

namespace Orchestrator.Model.Json;

/// <summary>
/// The JSON form of all kinds: Kubernetes conventions, generated at build time. The generator does not look into
/// <see cref="EquatableArray{T}"/>: what is held in one must be named here.
/// </summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    UseStringEnumConverter = true,
    RespectNullableAnnotations = true,
    AllowDuplicateProperties = false,
    Converters = [typeof(Rfc3339Converter)])]
[JsonSerializable(typeof(PhysicalMachine))]
[JsonSerializable(typeof(InstanceType))]
[JsonSerializable(typeof(Image))]
[JsonSerializable(typeof(VirtualMachine))]
[JsonSerializable(typeof(Event))]
[JsonSerializable(typeof(string))]
[JsonSerializable(typeof(Condition))]
[JsonSerializable(typeof(OwnerReference))]
[JsonSerializable(typeof(Taint))]
[JsonSerializable(typeof(Toleration))]
[JsonSerializable(typeof(AffinityTerm))]
public sealed partial class ModelJson : JsonSerializerContext;

/// <summary>
/// How objects are read. The generated reader cannot do it: it sets every init-only property, also those that the JSON leaves out, and so
/// wipes out their initialisers (a grace period of 30 s would be read as 0).
/// </summary>
public static class ReadingJson
{
    public static JsonSerializerOptions Options { get; } = Make();

    private static JsonSerializerOptions Make()
    {
        var options = new JsonSerializerOptions(ModelJson.Default.Options) { TypeInfoResolver = new DefaultJsonTypeInfoResolver() };
        options.Converters.Add(new JsonStringEnumConverter(namingPolicy: null, allowIntegerValues: false));
        options.MakeReadOnly();
        return options;
    }
}
