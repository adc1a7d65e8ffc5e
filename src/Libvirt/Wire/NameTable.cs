using System.Text;

namespace Orchestrator.Libvirt.Wire;

/// <summary>
/// Shares the strings of names that come again and again ("state.state" in each of 1,000 records). Bounded: a new name takes the place of an old one.
/// </summary>
internal sealed class NameTable
{
    private const int Slots = 1024;
    private const int LongestShared = 64;

    private readonly string?[] _names = new string?[Slots];

    public string Get(ReadOnlySpan<byte> utf8)
    {
        if (utf8.Length > LongestShared)
        {
            return Encoding.UTF8.GetString(utf8);
        }

        var slot = Hash(utf8) % Slots;
        if (_names[slot] is { } known && Ascii.Equals(utf8, known))
        {
            return known;
        }

        return _names[slot] = Encoding.UTF8.GetString(utf8);
    }

    /// <summary>FNV-1a; names are short.</summary>
    private static uint Hash(ReadOnlySpan<byte> bytes)
    {
        var hash = 2166136261u;
        foreach (var b in bytes)
        {
            hash = unchecked((hash ^ b) * 16777619u);
        }

        return hash;
    }
}
