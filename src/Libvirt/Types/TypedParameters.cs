using System.Collections;

namespace Orchestrator.Libvirt;

/// <summary>A list of parameters in the daemon's order; some names may repeat.</summary>
public sealed class TypedParameters : IReadOnlyList<TypedParameter>
{
    private readonly TypedParameter[] _items;

    internal TypedParameters(TypedParameter[] items) => _items = items;

    public int Count => _items.Length;

    public TypedParameter this[int index] => _items[index];

    /// <summary>The first parameter of that name.</summary>
    public TypedParameter? Find(string name)
    {
        foreach (ref readonly var item in _items.AsSpan())
        {
            if (item.Name == name)
            {
                return item;
            }
        }

        return null;
    }

    public long? Int64(string name) => Find(name)?.AsInt64();

    public ulong? UInt64(string name) => Find(name)?.AsUInt64();

    public string? String(string name) => Find(name)?.AsString();

    public IEnumerator<TypedParameter> GetEnumerator() => ((IEnumerable<TypedParameter>)_items).GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => _items.GetEnumerator();
}
