using Akka.Configuration;
using Akka.Persistence.Sql;
using AkkaKv.Host.Settings;

namespace AkkaKv.Host.AkkaNet.Hosting;

/// <summary>The settings of the shard coordinator's state as HOCON.</summary>
internal static class ShardStateHocon
{
    /// <summary>Empty where the state is kept in memory.</summary>
    public static Config Of(NodeSettings settings)
    {
        AkkaSettings akka = settings.Akka;
        if (akka.ShardState == ShardStateStore.DData)
            return Config.Empty;
        string provider = akka.ShardState == ShardStateStore.Sqlite ? "SQLite.MS" : "PostgreSQL";
        string database = akka.ShardDatabase ?? $"Data Source={Path.Combine(settings.Node.DataDirectory, "shards.db")}";
        return ConfigurationFactory.ParseString($$"""
            akka.persistence.journal.sql { connection-string = {{Quoted(database)}}, provider-name = "{{provider}}" }
            akka.persistence.snapshot-store.sql { connection-string = {{Quoted(database)}}, provider-name = "{{provider}}" }
            akka.cluster.sharding {
              state-store-mode = persistence
              journal-plugin-id = "akka.persistence.journal.sql"
              snapshot-plugin-id = "akka.persistence.snapshot-store.sql"
            }
            """).WithFallback(SqlPersistence.DefaultConfiguration);
    }

    private static string Quoted(string text) => "\"" + text.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal) + "\"";
}
