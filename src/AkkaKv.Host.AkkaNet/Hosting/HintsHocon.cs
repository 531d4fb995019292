using Akka.Configuration;
using Akka.Persistence.Sql;
using AkkaKv.Host.Settings;
using AkkaKv.Host.Stores;

namespace AkkaKv.Host.AkkaNet.Hosting;

/// <summary>The settings of the hints' database as HOCON.</summary>
internal static class HintsHocon
{
    public const string PluginName = "akkakv-hints";

    /// <summary>Empty where the hints are in the log, and were in it before.</summary>
    /// <exception cref="Storage.StoreOpenException">The data directory does not say where the hints are.</exception>
    public static Config Of(NodeSettings settings)
    {
        if (KindOf(settings) is not { } kind)
            return Config.Empty;
        string database = settings.Akka.HintDatabase ?? SqlPlugins.FileIn(settings, "hints.db");
        return SqlPlugins.Of(PluginName, kind == HintKeeping.Sqlite, database).WithFallback(SqlPersistence.DefaultConfiguration);
    }

    // Where they are to be; or where they were, to see that none is left.
    private static HintKeeping? KindOf(NodeSettings settings)
    {
        if (settings.Akka.Hints != HintKeeping.Log)
            return settings.Akka.Hints;
        return settings.Store.Kind == StoreKind.Log && HintHome.ReadFrom(settings.Node.DataDirectory) is { } home
            && Enum.TryParse(home.Kind, ignoreCase: true, out HintKeeping kind)
            ? kind
            : null;
    }
}
