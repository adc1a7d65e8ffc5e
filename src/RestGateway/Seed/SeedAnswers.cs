using System.Text.Json.Serialization;

namespace Orchestrator.RestGateway.Seed;

// The answers of DESIGN 9.2, field by field and in its order.

/// <summary>1: done; 0: not done, not there, not understood.</summary>
internal sealed record StatusAnswer(int Status);

/// <param name="Vmid">0: no VM was made.</param>
internal sealed record VmCreatedAnswer(int Vmid);

/// <param name="InstanceType">0 for a VM that has no instance type.</param>
/// <param name="Pmid">0 while it has no PM.</param>
internal sealed record VmAnswer(int Vmid, string Name, [property: JsonPropertyName("instance_type")] int InstanceType, int Pmid);

internal sealed record TypesAnswer(IReadOnlyList<TypeItem> Types);

/// <param name="Ram">MiB.</param>
/// <param name="Disk">GiB.</param>
internal sealed record TypeItem(int Tid, int Cpu, long Ram, long Disk);

internal sealed record MachinesAnswer(IReadOnlyList<int> Pmids);

internal sealed record VmsAnswer(IReadOnlyList<int> Vmids);

internal sealed record MachineAnswer(int Pmid, RoomItem Capacity, RoomItem Free, int Vms);

/// <inheritdoc cref="TypeItem"/>
internal sealed record RoomItem(int Cpu, long Ram, long Disk);

internal sealed record ImagesAnswer(IReadOnlyList<ImageItem> Images);

internal sealed record ImageItem(int Id, string Name);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(StatusAnswer))]
[JsonSerializable(typeof(VmCreatedAnswer))]
[JsonSerializable(typeof(VmAnswer))]
[JsonSerializable(typeof(TypesAnswer))]
[JsonSerializable(typeof(MachinesAnswer))]
[JsonSerializable(typeof(VmsAnswer))]
[JsonSerializable(typeof(MachineAnswer))]
[JsonSerializable(typeof(ImagesAnswer))]
internal sealed partial class SeedJson : JsonSerializerContext;
