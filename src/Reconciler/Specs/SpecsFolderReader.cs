using System.Security.Cryptography;

namespace Orchestrator.Reconciler.Specs;

/// <summary>
/// Looks at the folder: all its YAML files, reading only those that changed since the last look. Hidden files and folders, files
/// with other endings, and links that lead out of the folder are passed over; folders behind links are not entered.
/// </summary>
internal sealed class SpecsFolderReader(string folder, TimeProvider time)
{
    private const int MaxFiles = 10_000;

    /// <summary>A file changed more recently than this is read again: its time and size may not tell the next change.</summary>
    private static readonly TimeSpan _fresh = TimeSpan.FromSeconds(2);

    private static readonly EnumerationOptions _all = new()
    {
        RecurseSubdirectories = false,
        IgnoreInaccessible = false,
        AttributesToSkip = FileAttributes.None,
        MatchType = MatchType.Simple,
    };

    private readonly string _name = Path.GetFileName(Path.TrimEndingDirectorySeparator(Path.GetFullPath(folder)));
    private Dictionary<string, Read> _last = new(StringComparer.Ordinal);
    private long _changedAt = time.GetTimestamp();

    /// <summary>For how long the folder has not changed, as far as we saw.</summary>
    public TimeSpan QuietFor => time.GetElapsedTime(_changedAt);

    /// <summary>A file as people name it.</summary>
    public string NameOf(string path) => $"{_name}/{path}";

    /// <summary>The files, and why they may not be all of them (null when they are).</summary>
    public (IReadOnlyList<SpecFile> Files, string? Problem) Look()
    {
        var found = new Dictionary<string, Read>(StringComparer.Ordinal);
        var problem = Collect(found);
        if (found.Count != _last.Count || found.Any(pair => !_last.TryGetValue(pair.Key, out var before) || !ReferenceEquals(before.File, pair.Value.File)))
        {
            _changedAt = time.GetTimestamp();
        }

        _last = found;
        return ([.. found.Values.Select(read => read.File)], problem);
    }

    private string? Collect(Dictionary<string, Read> found)
    {
        try
        {
            var root = RealPath.Of(folder);
            var folders = new Queue<DirectoryInfo>([new(root)]);
            while (folders.TryDequeue(out var next))
            {
                foreach (var entry in next.EnumerateFileSystemInfos("*", _all).Where(entry => !entry.Name.StartsWith('.')))
                {
                    if (entry is DirectoryInfo inner)
                    {
                        if (inner.LinkTarget is null)
                        {
                            folders.Enqueue(inner);
                        }
                    }
                    else if (IsSpec(entry.Name) && IsInside(entry, root))
                    {
                        var path = Path.GetRelativePath(root, entry.FullName);
                        found[path] = ReadFile(path, entry.FullName);
                    }

                    if (found.Count + folders.Count > MaxFiles)
                    {
                        return $"{folder} holds more than {MaxFiles} files";
                    }
                }
            }

            return null;
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException or System.Security.SecurityException)
        {
            return problem.Message;
        }
    }

    private static bool IsSpec(string name) =>
        name.EndsWith(".yaml", StringComparison.OrdinalIgnoreCase) || name.EndsWith(".yml", StringComparison.OrdinalIgnoreCase);

    private static bool IsInside(FileSystemInfo entry, string root)
    {
        try
        {
            return entry.LinkTarget is null || RealPath.IsInside(RealPath.Of(entry.FullName), root);
        }
        catch (IOException)
        {
            return false;
        }
    }

    private Read ReadFile(string path, string fullName)
    {
        var name = NameOf(path);
        try
        {
            // Through the link, if it is one.
            var info = new FileInfo(RealPath.Of(fullName));
            var (length, written) = (info.Length, info.LastWriteTimeUtc);
            _last.TryGetValue(path, out var before);
            if (before is not null && before.Length == length && before.Written == written && !before.Fresh)
            {
                return before;
            }

            // What has no length is not opened: opening a named pipe would wait for its writer.
            var fresh = written > time.GetUtcNow().UtcDateTime - _fresh;
            var bytes = length == 0 ? [] : ReadBytes(info.FullName);
            var hash = Convert.ToHexString(SHA256.HashData(bytes));
            return before?.Hash == hash
                ? before with { Length = length, Written = written, Fresh = fresh }
                : new(SpecReader.Read(path, name, bytes), length, written, hash, fresh);
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
        {
            return new(SpecReader.Unread(path, name, $"cannot be read: {problem.Message}"), -1, default, "", Fresh: true);
        }
    }

    private static byte[] ReadBytes(string fullName)
    {
        using var file = new FileStream(fullName, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        var buffer = new byte[SpecReader.MaxBytes + 1];
        return buffer[..file.ReadAtLeast(buffer, buffer.Length, throwOnEndOfStream: false)];
    }

    private sealed record Read(SpecFile File, long Length, DateTime Written, string Hash, bool Fresh);
}
