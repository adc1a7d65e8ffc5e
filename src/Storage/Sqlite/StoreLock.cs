namespace Orchestrator.Storage.Sqlite;

/// <summary>
/// The right to be the only one who uses a database: an flock on a file beside it. The kernel drops it with the process,
/// however that ends.
/// </summary>
internal sealed class StoreLock : IDisposable
{
    private const int WouldBlock = 11; // EWOULDBLOCK: somebody has the lock
    private readonly FileStream _file;

    private StoreLock(FileStream file) => _file = file;

    /// <exception cref="StoreLockedException">Another process, or this one, holds it.</exception>
    public static StoreLock Take(string database)
    {
        var path = database + ".lock";
        try
        {
            return new(new(path, new FileStreamOptions
            {
                Mode = FileMode.OpenOrCreate,
                Access = FileAccess.ReadWrite,
                Share = FileShare.None,
                UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite,
            }));
        }
        catch (IOException held) when (held.HResult == WouldBlock)
        {
            throw new StoreLockedException($"The store {database} is in use, and only one process may open it. `fuser {path}` names the one.", held);
        }
    }

    public void Dispose() => _file.Dispose();
}
