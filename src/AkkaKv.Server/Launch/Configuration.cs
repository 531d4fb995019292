using System.Collections;
using AkkaKv.Host.Settings;

namespace AkkaKv.Server.Launch;

/// <summary>Collects the settings of all sources for one command line.</summary>
internal static class Configuration
{
    /// <summary>The file that is read when none is named and it exists.</summary>
    public const string DefaultFile = "appsettings.json";

    /// <summary>Reads file, environment and flags.</summary>
    public static OptionsResult Read(CommandLine line, IDictionary variables, string directory)
    {
        var errors = new List<string>(line.Errors);
        var settings = new List<SettingValue>();
        if (FileOf(line, directory) is { } file)
            settings.AddRange(SettingsSources.File(file, errors));
        settings.AddRange(SettingsSources.OpenTelemetry(variables));
        settings.AddRange(SettingsSources.Environment(variables));
        settings.AddRange(line.Settings);
        return OptionsReader.Read(settings, errors);
    }

    /// <summary>The configuration file's full path, or null when there is none.</summary>
    public static string? FileOf(CommandLine line, string directory)
    {
        if (line.ConfigFile is { } named)
            return Path.GetFullPath(named, directory);
        var usual = Path.Combine(directory, DefaultFile);
        return File.Exists(usual) ? usual : null;
    }
}
