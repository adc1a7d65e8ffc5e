using System.Reflection;
using System.Runtime.InteropServices;
using SQLitePCL;

namespace Orchestrator.Storage.Sqlite;

/// <summary>
/// Binds SQLite to the distribution's library (Debian: libsqlite3-0), which the distribution keeps patched,
/// instead of a copy shipped in a package.
/// </summary>
internal static class SqliteLibrary
{
    private static readonly Lazy<bool> Loaded = new(Load);

    /// <summary>Must precede every other use of SQLite in the process; repeatable.</summary>
    /// <exception cref="StorageException">The library is not installed.</exception>
    public static void Require() => _ = Loaded.Value;

    private static bool Load()
    {
        NativeLibrary.SetDllImportResolver(typeof(SQLite3Provider_e_sqlite3).Assembly, Resolve);
        try
        {
            raw.SetProvider(new SQLite3Provider_e_sqlite3());
            raw.FreezeProvider();
            return true;
        }
        catch (DllNotFoundException missing)
        {
            throw new StorageException("The SQLite library libsqlite3.so.0 is missing. Install it (Debian, Ubuntu: libsqlite3-0).", missing);
        }
    }

    private static nint Resolve(string name, Assembly assembly, DllImportSearchPath? path) =>
        name == "e_sqlite3" && NativeLibrary.TryLoad("libsqlite3.so.0", out var library) ? library : nint.Zero;
}
