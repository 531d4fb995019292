using System.Globalization;
using Akka.Configuration;
using Akka.Configuration.Hocon;
using AkkaKv.Host.Settings;

namespace AkkaKv.Host.AkkaNet.Hosting;

/// <summary>The section <c>akkakv</c> of HOCON as settings: the same names in HOCON's spelling, so that the same rules hold.</summary>
internal static class HoconSettings
{
    private const string Section = "akkakv";

    // The host's own, and no setting of a node.
    private const string DispatcherKey = "loop-dispatcher";

    public static IReadOnlyList<SettingValue> Of(Config config)
    {
        var settings = new List<SettingValue>();
        Config section = config.GetConfig(Section);
        if (section.IsNullOrEmpty())
            return settings;
        foreach ((string key, HoconValue value) in ItemsOf(section.Root))
        {
            if (key != DispatcherKey)
                Flatten(value, Spelled(key), $"{Section}.{key}", settings);
        }

        return settings;
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
