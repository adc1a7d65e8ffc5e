namespace Orchestrator.Libvirt.Streams;

/// <summary>Cuts a chunk into runs of data and runs of zeros.</summary>
internal static class SparseChunks
{
    /// <summary>A run of zeros is told apart in whole blocks of this size: a multiple of the page size, and a quarter of what one packet holds.</summary>
    public const int Block = 60 * 1024;

    /// <summary>The most data in one packet, within libvirt's own 262,120 bytes.</summary>
    public const int Chunk = 4 * Block;

    /// <summary>The length of the run at the start of <paramref name="bytes"/>, and whether it is zeros.</summary>
    public static (int Length, bool IsHole) FirstRun(ReadOnlySpan<byte> bytes)
    {
        var isHole = IsZero(bytes[..Math.Min(Block, bytes.Length)]);
        var length = Math.Min(Block, bytes.Length);
        while (length < bytes.Length && IsZero(bytes.Slice(length, Math.Min(Block, bytes.Length - length))) == isHole)
        {
            length += Math.Min(Block, bytes.Length - length);
        }

        return (length, isHole);
    }

    private static bool IsZero(ReadOnlySpan<byte> bytes) => !bytes.ContainsAnyExcept((byte)0);
}
