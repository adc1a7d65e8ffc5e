namespace Orchestrator.Reconciler.Specs;

/// <summary>Where a path leads once all symbolic links in it are followed (<c>realpath</c>).</summary>
internal static class RealPath
{
    private const int MaxLinks = 40;

    /// <exception cref="IOException">A link leads nowhere, or the links go round in a circle.</exception>
    public static string Of(string path)
    {
        var rest = new Stack<string>(Parts(Path.GetFullPath(path)).Reverse());
        var real = "/";
        var links = 0;
        while (rest.TryPop(out var part))
        {
            var next = Path.GetFullPath(Path.Combine(real, part));
            if (new FileInfo(next).LinkTarget is not { } target)
            {
                real = next;
                continue;
            }

            if (++links > MaxLinks)
            {
                throw new IOException($"too many symbolic links in '{path}'");
            }

            real = Path.IsPathRooted(target) ? "/" : real;
            foreach (var piece in Parts(target).Reverse())
            {
                rest.Push(piece);
            }
        }

        return Path.Exists(real) ? real : throw new FileNotFoundException($"'{path}' does not exist");
    }

    /// <summary>True when <paramref name="path"/> lies in <paramref name="folder"/>; both are real paths.</summary>
    public static bool IsInside(string path, string folder) =>
        path.StartsWith(folder.EndsWith('/') ? folder : folder + "/", StringComparison.Ordinal);

    private static string[] Parts(string path) => path.Split('/', StringSplitOptions.RemoveEmptyEntries);
}
