using System.Globalization;

namespace Orchestrator.Storage.Memory;

/// <summary>Where a listing goes on: the snapshot's revision and the last key given. Written as <c>revision:key</c>.</summary>
internal sealed record ContinueToken(long Revision, string After)
{
    public static ContinueToken Parse(string token)
    {
        var colon = token.IndexOf(':', StringComparison.Ordinal);
        return colon > 0 && long.TryParse(token.AsSpan(0, colon), NumberStyles.None, CultureInfo.InvariantCulture, out var revision)
            ? new(revision, token[(colon + 1)..])
            : throw new ArgumentException("Not a continue token of this store.", nameof(token));
    }

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Revision}:{After}");
}
