using System.Globalization;

namespace Orchestrator.Storage.Sqlite;

/// <summary>
/// The right to be the only one who uses a database: an flock on a file beside it. The kernel drops it with the process,
/// however that ends. The file holds the owner's process id, for the message that the second one gets.
/// </summary>
internal sealed class StoreLock : IDisposable
{
    private readonly FileStream _file;

    private StoreLock(FileStream file) => _file = file;

    /// <exception cref="StoreLockedException">Another process, or this one, holds it.</exception>
    public static StoreLock Take(string database)
    {
        var path = database + ".lock";
        FileStream file;
        try
        {
            file = new(path, new FileStreamOptions
            {
                Mode = FileMode.OpenOrCreate,
                Access = FileAccess.ReadWrite,
                Share = FileShare.None,
                UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite,
            });
        }
        catch (IOException held) when (held is not (FileNotFoundException or DirectoryNotFoundException))
        {
            throw new StoreLockedException($"The store {database} is in use{Owner(path)}; only one process may open it.", held);
        }

        file.SetLength(0);
        file.Write(System.Text.Encoding.ASCII.GetBytes(Environment.ProcessId.ToString(CultureInfo.InvariantCulture)));
        file.Flush();
        return new(file);
    }

    public void Dispose() => _file.Dispose();

    private static string Owner(string path)
    {
        try
        {
            // Sharing everything takes no lock, so the holder's file can be read.
            using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            using var reader = new StreamReader(file);
            return reader.ReadToEnd() is { Length: > 0 } id ? $" by process {id}" : "";
        }
        catch (IOException)
        {
            return "";
        }
    }
}
