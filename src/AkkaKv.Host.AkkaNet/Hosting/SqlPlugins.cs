using Akka.Configuration;
using AkkaKv.Host.Settings;
using Microsoft.Data.Sqlite;

namespace AkkaKv.Host.AkkaNet.Hosting;

/// <summary>Plugins of Akka.Persistence.Sql as HOCON.</summary>
internal static class SqlPlugins
{
    /// <summary>A journal and a snapshot store in one database, each at its path below <c>akka.persistence</c>.</summary>
    /// <param name="name">The last part of both paths.</param>
    /// <param name="isSqlite">SQLite; else PostgreSQL.</param>
    /// <param name="database">The connection string.</param>
    public static Config Of(string name, bool isSqlite, string database)
    {
        string reach = $"connection-string = {Quoted(database)}, provider-name = \"{(isSqlite ? "SQLite.MS" : "PostgreSQL")}\"";

        // SQLite has one writer. Values go as parameters: as text they would be longer than a statement may be. Rows may be of a
        // megabyte. Events of two writers at once are a copied directory: that is said, and nothing of either is left out.
        return ConfigurationFactory.ParseString($$"""
            {{JournalId(name)}} {
              class = "Akka.Persistence.Sql.Journal.SqlWriteJournal, Akka.Persistence.Sql"
              plugin-id = "{{JournalId(name)}}"
              {{reach}}
              parallelism = {{(isSqlite ? 1 : 3)}}
              prefer-parameters-on-multirow-insert = true
              replay-batch-size = 32
              replay-filter.mode = fail
            }
            {{SnapshotId(name)}} {
              class = "Akka.Persistence.Sql.Snapshot.SqlSnapshotStore, Akka.Persistence.Sql"
              plugin-id = "{{SnapshotId(name)}}"
              {{reach}}
            }
            """);
    }

    /// <summary>The connection string of a file of SQLite in the node's directory.</summary>
    public static string FileIn(NodeSettings settings, string name) =>
        new SqliteConnectionStringBuilder { DataSource = Path.Combine(settings.Node.DataDirectory, name) }.ToString();

    public static string JournalId(string name) => $"akka.persistence.journal.{name}";

    public static string SnapshotId(string name) => $"akka.persistence.snapshot-store.{name}";

    private static string Quoted(string text) => "\"" + text.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal) + "\"";
}
