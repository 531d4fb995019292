using System.Globalization;
using Akka.Configuration;
using Akka.Configuration.Hocon;
using AkkaKv.Host.Settings;

namespace AkkaKv.Host.AkkaNet.Hosting;

/// <summary>The section <c>akkakv</c> of HOCON as settings: the same names in HOCON's spelling, so that the same rules hold.</summary>
internal sealed record HoconSettings(IReadOnlyList<SettingValue> Settings)
{
    private const string Section = "akkakv";

    // These are the host's own, and no settings of a node.
    private const string DispatcherKey = "loop-dispatcher";
    private const string HostKey = "akka";

    public bool UsesSharding { get; private init; } = true;

    public MemberEventMode MemberEvents { get; private init; } = MemberEventMode.Stage;

    public bool ServesClusterClients { get; private init; } = true;

    public static HoconSettings Of(Config config, List<string> errors)
    {
        var settings = new List<SettingValue>();
        Config section = config.GetConfig(Section);
        if (section.IsNullOrEmpty())
            return new HoconSettings(settings);
        foreach ((string key, HoconValue value) in ItemsOf(section.Root))
        {
            if (key is not (DispatcherKey or HostKey))
                Flatten(value, Spelled(key), $"{Section}.{key}", settings);
        }

        return OfHost(section.GetConfig(HostKey), settings, errors);
    }

    private static HoconSettings OfHost(Config host, List<SettingValue> settings, List<string> errors)
    {
        var found = new HoconSettings(settings);
        if (host.IsNullOrEmpty())
            return found;
        foreach ((string key, HoconValue value) in ItemsOf(host.Root))
        {
            string text = Text(value);
            switch (key)
            {
                case "sharding": found = found with { UsesSharding = Switch(key, text, errors) }; break;
                case "cluster-clients": found = found with { ServesClusterClients = Switch(key, text, errors) }; break;
                case "member-events" when Enum.TryParse(text, ignoreCase: true, out MemberEventMode mode) && !char.IsDigit(text[0]):
                    found = found with { MemberEvents = mode };
                    break;
                case "member-events":
                    errors.Add($"{Section}.{HostKey}.{key} must be ignore, stage or commit; found \"{text}\". Change it.");
                    break;
                default:
                    errors.Add($"{Section}.{HostKey}.{key} is no setting. There are sharding, member-events and cluster-clients.");
                    break;
            }
        }

        return found;
    }

    private static bool Switch(string key, string text, List<string> errors)
    {
        if (text is not ("true" or "false"))
            errors.Add($"{Section}.{HostKey}.{key} must be on or off; found \"{text}\". Change it.");
        return text == "true";
    }

    private static void Flatten(HoconValue value, string name, string place, List<SettingValue> settings)
    {
        if (value.IsObject())
        {
            foreach ((string key, HoconValue inner) in ItemsOf(value))
                Flatten(inner, $"{name}:{Spelled(key)}", $"{place}.{key}", settings);
        }
        else if (value.IsArray())
        {
            int index = 0;
            foreach (HoconValue item in value.GetArray())
            {
                string at = index++.ToString(CultureInfo.InvariantCulture);
                Flatten(item, $"{name}:{at}", $"{place}.{at}", settings);
            }
        }
        else
        {
            settings.Add(new SettingValue(name, Text(value), new SettingOrigin(SettingSource.File, $"HOCON {place}")));
        }
    }

    private static IEnumerable<KeyValuePair<string, HoconValue>> ItemsOf(HoconValue value) =>
        value.GetObject() is { } all ? all.Items.OrderBy(item => item.Key, StringComparer.Ordinal) : [];

    // Names are compared whatever their case, so that data-directory is DataDirectory.
    private static string Spelled(string key) => key.Replace("-", "", StringComparison.Ordinal);

    private static string Text(HoconValue value)
    {
        string text = value.GetString() ?? "";
        return text switch
        {
            "on" or "yes" => "true",
            "off" or "no" => "false",
            _ => text,
        };
    }
}
