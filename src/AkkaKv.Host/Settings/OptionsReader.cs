using AkkaKv.Host.Spelling;

namespace AkkaKv.Host.Settings;

/// <summary>What was read: the options, or every reason why there are none; and each setting with its origin.</summary>
/// <param name="Options">The options; null when there are errors.</param>
/// <param name="Settings">Every setting that has a value, in the catalog's order.</param>
/// <param name="Errors">What is wrong, a sentence each.</param>
public sealed record OptionsResult(NodeSettings? Options, IReadOnlyList<SettingValue> Settings, IReadOnlyList<string> Errors);

/// <summary>
/// Makes the options out of the settings of all sources, the lowest priority first: defaults, file, environment, flags.
/// Errors are collected, so that one run names all of them.
/// </summary>
/// <remarks>
/// A list or a bucket is not mixed from several sources by position: the members all come from the highest source that
/// names any. A single setting of a bucket can be overridden by its name.
/// </remarks>
public static class OptionsReader
{
    /// <summary>Reads.</summary>
    /// <param name="found">The settings of file, environment and flags, lowest priority first.</param>
    /// <param name="earlierErrors">What went wrong while they were read.</param>
    /// <param name="isEmbedded">The node runs in another program, which listens for it.</param>
    public static OptionsResult Read(IEnumerable<SettingValue> found, IEnumerable<string> earlierErrors, bool isEmbedded = false)
    {
        var errors = new List<string>(earlierErrors);
        var values = new Dictionary<string, SettingValue>(StringComparer.Ordinal);
        foreach (var definition in SettingsCatalog.All)
        {
            if (definition is { Default: { } text, Open: false })
                values[definition.Name] = new SettingValue(definition.Name, text, SettingOrigin.Default);
        }

        var members = new List<SettingValue>();
        foreach (var setting in found)
            Take(setting, values, members, errors);
        foreach (var member in OfHighestSource(members))
            values[member.Name] = member;
        var options = errors.Count == 0 ? OptionsBuilder.Build(values, errors, isEmbedded) : null;
        return new OptionsResult(errors.Count == 0 ? options : null, Ordered(values), errors);
    }

    private static void Take(SettingValue setting, Dictionary<string, SettingValue> values, List<SettingValue> members, List<string> errors)
    {
        if (SettingsCatalog.Find(setting.Name) is not { } known)
        {
            errors.Add(Unknown(setting));
            return;
        }

        var value = setting with { Name = known.Name };
        if (!known.Definition.Rule.Holds(value.Text))
            errors.Add($"{known.Name} must be {known.Definition.Rule.Required}; found {Shown(known.Definition, value)} ({value.Origin}). Change it there, or remove it for {DefaultOf(known.Definition)}.");
        else if (known.Name.StartsWith(SettingsCatalog.MembersPrefix, StringComparison.Ordinal))
            members.Add(value);
        else
            values[known.Name] = value;
    }

    private static IEnumerable<SettingValue> OfHighestSource(List<SettingValue> members)
    {
        if (members.Count == 0)
            return [];
        var highest = members.Max(member => member.Origin.Source);
        return members.Where(member => member.Origin.Source == highest);
    }

    private static string Unknown(SettingValue setting)
    {
        var nearest = NearestName.Of(setting.Name, SettingsCatalog.All.Select(known => Personal(known.Name, setting.Name)));
        return $"{setting.Name} is no setting ({setting.Origin})."
            + (nearest is null ? "" : $" Did you mean {nearest}?")
            + " `config show` lists all of them.";
    }

    /// <summary>A pattern with the user's own parts in place of its "*", so that those do not count as differences.</summary>
    private static string Personal(string pattern, string found)
    {
        var own = found.Split(':');
        var parts = pattern.Split(':');
        for (var index = 0; index < parts.Length && index < own.Length; index++)
        {
            if (parts[index] == "*")
                parts[index] = own[index];
        }

        return string.Join(':', parts);
    }

    private static string Shown(SettingDefinition definition, SettingValue value) =>
        definition.Secret ? "something shorter" : value.Text.Length == 0 ? "nothing" : $"\"{value.Text}\"";

    private static string DefaultOf(SettingDefinition definition) =>
        definition.Default is { Length: > 0 } text ? $"the default {text}" : "no value";

    private static List<SettingValue> Ordered(Dictionary<string, SettingValue> values) =>
        [.. values.Values.OrderBy(Place).ThenBy(value => value.Name, StringComparer.Ordinal)];

    private static int Place(SettingValue value)
    {
        for (var index = 0; index < SettingsCatalog.All.Count; index++)
        {
            if (SettingsCatalog.All[index].Name == value.Name)
                return index;
        }

        return SettingsCatalog.All.Count;
    }
}
