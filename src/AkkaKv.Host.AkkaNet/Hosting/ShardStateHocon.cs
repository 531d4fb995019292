using Akka.Configuration;
using Akka.Persistence.Sql;
using AkkaKv.Host.Settings;

namespace AkkaKv.Host.AkkaNet.Hosting;

/// <summary>The settings of the shard coordinator's state as HOCON.</summary>
internal static class ShardStateHocon
{
    private const string PluginName = "sql";

    /// <summary>Empty where the state is kept in memory.</summary>
    public static Config Of(NodeSettings settings)
    {
        AkkaSettings akka = settings.Akka;
        if (akka.ShardState == ShardStateStore.DData)
            return Config.Empty;
        string database = akka.ShardDatabase ?? SqlPlugins.FileIn(settings, "shards.db");
        return ConfigurationFactory.ParseString($$"""
            akka.cluster.sharding {
              state-store-mode = persistence
              journal-plugin-id = "{{SqlPlugins.JournalId(PluginName)}}"
              snapshot-plugin-id = "{{SqlPlugins.SnapshotId(PluginName)}}"
            }
            """)
            .WithFallback(SqlPlugins.Of(PluginName, akka.ShardState == ShardStateStore.Sqlite, database))
            .WithFallback(SqlPersistence.DefaultConfiguration);
    }
}
