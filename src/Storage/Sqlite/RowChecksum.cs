using System.Numerics;
using System.Runtime.InteropServices;
using System.Text;

namespace Orchestrator.Storage.Sqlite;

/// <summary>CRC-32C over a row of the log: cheap in hardware, and it notices a flipped bit, which SQLite itself does not.</summary>
internal static class RowChecksum
{
    public static uint Of(long revision, string key, long created, bool deleted, ReadOnlySpan<byte> value)
    {
        var crc = BitOperations.Crc32C(uint.MaxValue, (ulong)revision);
        crc = BitOperations.Crc32C(crc, (ulong)created);
        crc = BitOperations.Crc32C(crc, deleted ? (byte)1 : (byte)0);
        return Add(Add(crc, Encoding.UTF8.GetBytes(key)), value);
    }

    private static uint Add(uint crc, ReadOnlySpan<byte> bytes)
    {
        var words = MemoryMarshal.Cast<byte, ulong>(bytes);
        foreach (var word in words)
        {
            crc = BitOperations.Crc32C(crc, word);
        }

        foreach (var rest in bytes[(words.Length * sizeof(ulong))..])
        {
            crc = BitOperations.Crc32C(crc, rest);
        }

        return crc;
    }
}
