using System.Text;

namespace AkkaKv.Host.Settings;

/// <summary>What <c>config show</c> prints: every setting, its value, and where it came from.</summary>
internal static class SettingsTable
{
    /// <summary>Lines in three columns; unset settings are listed as such, secrets are not shown.</summary>
    public static string Format(OptionsResult result)
    {
        var rows = new List<(string Name, string Value, string Origin)>();
        var shown = result.Settings.ToLookup(setting => SettingsCatalog.Find(setting.Name)!.Value.Definition.Name, StringComparer.Ordinal);
        foreach (var definition in SettingsCatalog.All)
        {
            if (!shown.Contains(definition.Name))
                rows.Add((definition.Name, definition.Open ? definition.Default ?? "(unset)" : "(unset)", "default"));
            foreach (var setting in shown[definition.Name])
                rows.Add((setting.Name, definition.Secret ? "(secret)" : setting.Text, setting.Origin.ToString()));
        }

        var nameWidth = rows.Max(row => row.Name.Length);
        var valueWidth = Math.Min(48, rows.Max(row => row.Value.Length));
        var text = new StringBuilder();
        foreach (var (name, value, origin) in rows)
            text.Append(name.PadRight(nameWidth)).Append("  ").Append(value.PadRight(valueWidth)).Append("  ").Append(origin).Append('\n');
        return text.ToString();
    }
}
