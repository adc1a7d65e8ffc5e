using System.Text.RegularExpressions;

namespace Orchestrator.Model;

/// <summary>Where an image comes from: a local path, or a path on a host reached by ssh.</summary>
/// <param name="Host"><c>[user@]host</c>, or null for the control machine.</param>
/// <param name="Path">An absolute path.</param>
public sealed partial record ImageSource(string? Host, string Path)
{
    /// <summary>Reads <c>/path</c> or <c>[user@]host:/path</c>; null with a reason when it is neither.</summary>
    public static ImageSource? Parse(string source, out string error)
    {
        error = "must be an absolute path or user@host:/path";
        if (source.Any(char.IsControl))
        {
            error = "must not contain control characters";
            return null;
        }

        if (source.EndsWith('/'))
        {
            error = "must name a file, not a folder";
            return null;
        }

        if (source.StartsWith('/'))
        {
            return new(null, source);
        }

        return RemotePath().Match(source) is { Success: true } match
            ? new(match.Groups["host"].Value, match.Groups["path"].Value)
            : null;
    }

    /// <summary>The last part of the path without its extension.</summary>
    public static string Title(string source) => System.IO.Path.GetFileNameWithoutExtension(source[(source.LastIndexOf('/') + 1)..]);

    [GeneratedRegex(@"^(?<host>([A-Za-z0-9_][A-Za-z0-9_.-]*@)?[A-Za-z0-9][A-Za-z0-9._-]*):(?<path>/(?!/).*)$", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex RemotePath();
}
