using Akka.Configuration;
using AkkaKv.Host.Settings;

namespace AkkaKv.Host.AkkaNet.Hosting;

/// <summary>How AkkaKv runs in an actor system: the settings of docs/configuration.md, checked in the same way.</summary>
public sealed record AkkaKvOptions
{
    private AkkaKvOptions(NodeSettings settings) => Settings = settings;

    /// <summary>All settings that AkkaKv has on any host.</summary>
    public NodeSettings Settings { get; }

    /// <summary>Takes what an operator may want to read; null writes it to the actor system's log.</summary>
    public Action<NodeEvent>? Log { get; init; }

    /// <summary>Reads settings by their names with colons, as in <c>Node:Name</c>.</summary>
    /// <exception cref="AkkaKvConfigurationException">Names everything that is wrong.</exception>
    public static AkkaKvOptions Of(IEnumerable<KeyValuePair<string, string>> settings, string origin = "options")
    {
        ArgumentNullException.ThrowIfNull(settings);
        return Read(settings.Select(setting => new SettingValue(setting.Key, setting.Value, new SettingOrigin(SettingSource.File, origin))));
    }

    /// <summary>Takes settings that were read already, as by AkkaKv's server.</summary>
    /// <exception cref="AkkaKvConfigurationException">They are of no node.</exception>
    public static AkkaKvOptions Of(NodeSettings settings)
    {
        ArgumentNullException.ThrowIfNull(settings);
        return settings.Node.Name is null
            ? throw new AkkaKvConfigurationException(["Node:Name must be the name of this node; found none. Set it."])
            : new AkkaKvOptions(settings);
    }

    /// <summary>
    /// Reads the section <c>akkakv</c> of an actor system's HOCON: <c>akkakv.node.data-directory</c> is <c>Node:DataDirectory</c>.
    /// See <c>hocon/node.conf</c>.
    /// </summary>
    /// <exception cref="AkkaKvConfigurationException">Names everything that is wrong.</exception>
    public static AkkaKvOptions FromHocon(Config config)
    {
        ArgumentNullException.ThrowIfNull(config);
        return Read(HoconSettings.Of(config));
    }

    private static AkkaKvOptions Read(IEnumerable<SettingValue> settings)
    {
        OptionsResult result = OptionsReader.Read(settings, [], isEmbedded: true);
        return result.Options is { } options ? Of(options) : throw new AkkaKvConfigurationException(result.Errors);
    }
}

/// <summary>The settings cannot work.</summary>
public sealed class AkkaKvConfigurationException(IReadOnlyList<string> reasons)
    : Exception($"AkkaKv's configuration has {reasons.Count} {(reasons.Count == 1 ? "error" : "errors")}:\n  - {string.Join("\n  - ", reasons)}")
{
    /// <summary>What was required, what was found, and what to do: a sentence each.</summary>
    public IReadOnlyList<string> Reasons => reasons;
}
