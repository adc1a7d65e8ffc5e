using System.Runtime.InteropServices;

namespace Orchestrator.Storage.Memory;

/// <summary>
/// An immutable map of entries in ordinal key order: sorted arrays of a few hundred entries each. Eight bytes per entry,
/// ranges are array copies, and a change copies one small array, so readers need no lock and keep the snapshot they hold.
/// </summary>
internal sealed class KeyIndex
{
    private const int MaxChunk = 256;
    private readonly Entry[][] _chunks;

    private KeyIndex(Entry[][] chunks, int count) => (_chunks, Count) = (chunks, count);

    public static KeyIndex Empty { get; } = new([], 0);

    public int Count { get; }

    /// <summary>Builds from entries in any order with distinct keys.</summary>
    public static KeyIndex From(IEnumerable<Entry> entries)
    {
        var sorted = entries.ToArray();
        Array.Sort(sorted, (a, b) => string.CompareOrdinal(a.Key, b.Key));
        return new([.. sorted.Chunk(MaxChunk * 3 / 4)], sorted.Length);
    }

    public Entry? Find(string key) => Find(_chunks, key);

    /// <summary>Entries whose key starts with the prefix and is greater than <paramref name="after"/>, at most <paramref name="limit"/> (0 = all).</summary>
    public List<Entry> Range(string prefix, string? after, int limit)
    {
        var found = new List<Entry>(limit is > 0 and < MaxChunk ? limit : 0);
        var from = after is not null && string.CompareOrdinal(after, prefix) > 0 ? after : prefix;
        for (var c = ChunkOf(_chunks, from); c < _chunks.Length; c++)
        {
            var chunk = _chunks[c];
            var first = PositionIn(chunk, from);
            for (var i = first >= 0 ? first : ~first; i < chunk.Length; i++)
            {
                var entry = chunk[i];
                if (!entry.Key.StartsWith(prefix, StringComparison.Ordinal))
                {
                    return found;
                }

                if (entry.Key == after)
                {
                    continue;
                }

                found.Add(entry);
                if (found.Count == limit)
                {
                    return found;
                }
            }
        }

        return found;
    }

    public Builder ToBuilder() => new(_chunks, Count);

    private static Entry? Find(ReadOnlySpan<Entry[]> chunks, string key)
    {
        if (chunks.Length == 0)
        {
            return null;
        }

        var chunk = chunks[ChunkOf(chunks, key)];
        var i = PositionIn(chunk, key);
        return i >= 0 ? chunk[i] : null;
    }

    // The last chunk that starts at or before the key; the first if there is none.
    private static int ChunkOf(ReadOnlySpan<Entry[]> chunks, string key)
    {
        int low = 0, high = chunks.Length - 1;
        while (low < high)
        {
            var middle = (low + high + 1) / 2;
            if (string.CompareOrdinal(chunks[middle][0].Key, key) <= 0)
            {
                low = middle;
            }
            else
            {
                high = middle - 1;
            }
        }

        return low;
    }

    // As Array.BinarySearch: the position, or the complement of where the key would stand.
    private static int PositionIn(Entry[] chunk, string key)
    {
        int low = 0, high = chunk.Length - 1;
        while (low <= high)
        {
            var middle = (low + high) / 2;
            var order = string.CompareOrdinal(chunk[middle].Key, key);
            if (order == 0)
            {
                return middle;
            }

            if (order < 0)
            {
                low = middle + 1;
            }
            else
            {
                high = middle - 1;
            }
        }

        return ~low;
    }

    /// <summary>Changes on the way to the next index; the index it came from stays as it is.</summary>
    internal sealed class Builder(IEnumerable<Entry[]> chunks, int count)
    {
        private readonly List<Entry[]> _chunks = [.. chunks];
        private int _count = count;

        private Span<Entry[]> Chunks => CollectionsMarshal.AsSpan(_chunks);

        public Entry? Find(string key) => KeyIndex.Find(Chunks, key);

        public void Set(Entry entry)
        {
            if (_chunks.Count == 0)
            {
                _chunks.Add([]);
            }

            var c = ChunkOf(Chunks, entry.Key);
            var chunk = _chunks[c];
            var i = PositionIn(chunk, entry.Key);
            if (i >= 0)
            {
                chunk = [.. chunk];
                chunk[i] = entry;
                _chunks[c] = chunk;
                return;
            }

            _count++;
            _chunks[c] = [.. chunk[..~i], entry, .. chunk[~i..]];
            if (_chunks[c].Length > MaxChunk)
            {
                Split(c);
            }
        }

        public void Remove(string key)
        {
            if (_chunks.Count == 0)
            {
                return;
            }

            var c = ChunkOf(Chunks, key);
            var chunk = _chunks[c];
            var i = PositionIn(chunk, key);
            if (i < 0)
            {
                return;
            }

            _count--;
            _chunks[c] = [.. chunk[..i], .. chunk[(i + 1)..]];
            if (c + 1 < _chunks.Count && _chunks[c].Length + _chunks[c + 1].Length <= MaxChunk / 2)
            {
                _chunks[c + 1] = [.. _chunks[c], .. _chunks[c + 1]];
                _chunks.RemoveAt(c);
            }
            else if (_chunks[c].Length == 0)
            {
                _chunks.RemoveAt(c);
            }
        }

        public KeyIndex ToIndex() => new([.. _chunks], _count);

        private void Split(int c)
        {
            var chunk = _chunks[c];
            _chunks[c] = chunk[..(chunk.Length / 2)];
            _chunks.Insert(c + 1, chunk[(chunk.Length / 2)..]);
        }
    }
}
