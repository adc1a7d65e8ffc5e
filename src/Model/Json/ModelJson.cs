using System.Text.Json.Serialization;

namespace Orchestrator.Model.Json;

/// <summary>The JSON form of all kinds: Kubernetes conventions, generated at build time.</summary>
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
public sealed partial class ModelJson : JsonSerializerContext;
