using System.Collections;
using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using System.Text.Json.Serialization;
using Orchestrator.Model.Json;

namespace Orchestrator.Model;

/// <summary>An immutable, ordered map of strings (labels, annotations) that compares by value.</summary>
[JsonConverter(typeof(StringMapConverter))]
public readonly struct StringMap : IEquatable<StringMap>, IReadOnlyDictionary<string, string>
{
    private static readonly ImmutableSortedDictionary<string, string> _none = ImmutableSortedDictionary.Create<string, string>(StringComparer.Ordinal);
    private readonly ImmutableSortedDictionary<string, string>? _items;

    public StringMap(IEnumerable<KeyValuePair<string, string>> items) =>
        _items = ImmutableSortedDictionary.CreateRange(StringComparer.Ordinal, items);

    private StringMap(ImmutableSortedDictionary<string, string> items) => _items = items;

    public static StringMap Empty => default;

    public int Count => Items.Count;

    public IEnumerable<string> Keys => Items.Keys;

    public IEnumerable<string> Values => Items.Values;

    public string this[string key] => Items[key];

    private ImmutableSortedDictionary<string, string> Items => _items ?? _none;

    public StringMap With(string key, string value) => new(Items.SetItem(key, value));

    public StringMap Without(string key) => new(Items.Remove(key));

    /// <summary>True when every pair of <paramref name="selector"/> is here with the same value.</summary>
    public bool Includes(StringMap selector)
    {
        foreach (var (key, wanted) in selector.Items)
        {
            if (!Items.TryGetValue(key, out var value) || value != wanted)
            {
                return false;
            }
        }

        return true;
    }

    public bool ContainsKey(string key) => Items.ContainsKey(key);

    public bool TryGetValue(string key, [MaybeNullWhen(false)] out string value) => Items.TryGetValue(key, out value);

    public bool Equals(StringMap other) => Count == other.Count && Items.SequenceEqual(other.Items);

    public override bool Equals(object? obj) => obj is StringMap other && Equals(other);

    public override int GetHashCode()
    {
        var hash = new HashCode();
        foreach (var (key, value) in Items)
        {
            hash.Add(key, StringComparer.Ordinal);
            hash.Add(value, StringComparer.Ordinal);
        }

        return hash.ToHashCode();
    }

    public static bool operator ==(StringMap left, StringMap right) => left.Equals(right);

    public static bool operator !=(StringMap left, StringMap right) => !left.Equals(right);

    public IEnumerator<KeyValuePair<string, string>> GetEnumerator() => Items.GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    public override string ToString() => string.Join(',', this.Select(pair => $"{pair.Key}={pair.Value}"));
}
