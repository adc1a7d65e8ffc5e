using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using Orchestrator.Model;
using Orchestrator.Storage;

namespace Orchestrator.RestGateway.Objects;

/// <summary>Who got a number. Stays after its object, so that the number is never given again.</summary>
public sealed record NumberReservation(string? Namespace, string Name, Guid Uid);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(NumberReservation))]
internal sealed partial class NumberJson : JsonSerializerContext;

/// <summary>
/// Gives out the small numbers of <c>status.id</c>. A number is taken by the reservation record that is created together with the object;
/// what is remembered here only saves asking for numbers that are taken.
/// </summary>
internal sealed class NumberRegistry(IObjectStore store)
{
    // Asking for a huge number must not use up all numbers below it.
    private const int CountedBelow = 1_000_000_000;

    private readonly Lock _gate = new();
    private readonly Dictionary<string, int> _highest = new(StringComparer.Ordinal);

    /// <summary>A number that is probably free.</summary>
    public async ValueTask<int> NextAsync(ResourceType type, CancellationToken stop)
    {
        if (!IsLoaded(type))
        {
            await LoadAsync(type, stop);
        }

        lock (_gate)
        {
            return ++_highest[type.Plural];
        }
    }

    /// <summary>Learns what other replicas have given out meanwhile.</summary>
    public async ValueTask LoadAsync(ResourceType type, CancellationToken stop)
    {
        var reserved = await store.ListAsync(type.IdPrefix, stop);
        var highest = reserved.Items
            .Select(entry => int.Parse(entry.Key.AsSpan(type.IdPrefix.Length), NumberStyles.None, CultureInfo.InvariantCulture))
            .Where(id => id < CountedBelow)
            .DefaultIfEmpty(0)
            .Max();
        lock (_gate)
        {
            _highest[type.Plural] = Math.Max(highest, _highest.GetValueOrDefault(type.Plural));
        }
    }

    /// <summary>Who has the number, or had it.</summary>
    public async ValueTask<NumberReservation?> HolderAsync(ResourceType type, int id, CancellationToken stop) =>
        await store.GetAsync(type.IdKey(id), stop) is { } entry ? JsonSerializer.Deserialize(entry.Value.Span, NumberJson.Default.NumberReservation) : null;

    /// <param name="type">The kind whose number it is.</param>
    /// <param name="id">The number.</param>
    /// <param name="metadata">Who gets it.</param>
    /// <param name="former">The revision of an earlier reservation by an object of the same name; 0: nobody ever had it.</param>
    public static Operation Reserve(ResourceType type, int id, ObjectMeta metadata, long former)
    {
        var value = JsonSerializer.SerializeToUtf8Bytes(new(metadata.Namespace, metadata.Name, metadata.Uid!.Value), NumberJson.Default.NumberReservation);
        return former == 0 ? Operation.Create(type.IdKey(id), value) : Operation.Update(type.IdKey(id), value, former);
    }

    /// <summary>True when a reservation was made by an object of this name.</summary>
    public static bool IsOf(Entry reserved, ObjectMeta metadata) =>
        JsonSerializer.Deserialize(reserved.Value.Span, NumberJson.Default.NumberReservation) is { } holder
        && holder.Name == metadata.Name && holder.Namespace == metadata.Namespace;

    private bool IsLoaded(ResourceType type)
    {
        lock (_gate)
        {
            return _highest.ContainsKey(type.Plural);
        }
    }
}
