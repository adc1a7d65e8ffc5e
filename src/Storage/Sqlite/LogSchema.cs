namespace Orchestrator.Storage.Sqlite;

/// <summary>The tables of the database file, and how a file is known as ours.</summary>
internal static class LogSchema
{
    private const int ApplicationId = 0x4f726368; // "Orch"
    private const int SchemaVersion = 1;

    /// <summary>Whether the database is still empty. Only reads, so that a file which is not ours stays as it is.</summary>
    /// <exception cref="StoreCorruptException">It is not ours, or of another version.</exception>
    public static bool IsNew(SqliteConnection connection, string path)
    {
        var application = connection.QueryInt64("PRAGMA application_id");
        var version = connection.QueryInt64("PRAGMA user_version");
        if (application == 0 && connection.QueryInt64("SELECT count(*) FROM sqlite_master") == 0)
        {
            return true;
        }

        if (application != ApplicationId)
        {
            throw new StoreCorruptException($"{path} is a SQLite database of another program.");
        }

        return version == SchemaVersion
            ? false
            : throw new StoreCorruptException($"{path} has schema version {version}; this program knows version {SchemaVersion}.");
    }

    /// <summary>Makes the tables and a cluster id, whole or not at all.</summary>
    public static void Create(SqliteConnection connection)
    {
        connection.Execute("BEGIN IMMEDIATE");
        connection.Execute("CREATE TABLE store (cluster_id TEXT NOT NULL, compacted INTEGER NOT NULL)");
        connection.Execute($"""
            CREATE TABLE log (
              id INTEGER PRIMARY KEY, -- revision * {Transaction.MaxOperations} + position within its transaction
              key TEXT NOT NULL,
              create_revision INTEGER NOT NULL,
              deleted INTEGER NOT NULL,
              at INTEGER NOT NULL,    -- Unix milliseconds
              value BLOB NOT NULL,
              crc INTEGER NOT NULL)
            """);
        connection.Execute($"""
            CREATE VIEW current AS
              SELECT key, create_revision, max(id) / {Transaction.MaxOperations} AS revision, value FROM log GROUP BY key HAVING deleted = 0
            """);
        connection.Execute($"INSERT INTO store VALUES ('{Guid.NewGuid()}', 0)");
        connection.Execute($"PRAGMA application_id = {ApplicationId}");
        connection.Execute($"PRAGMA user_version = {SchemaVersion}");
        connection.Execute("COMMIT");
    }
}
