namespace AkkaKv.Host.Settings;

/// <summary>Where a setting came from. Later kinds win.</summary>
public enum SettingSource
{
    Default,
    File,
    Environment,
    Flag,
}

/// <summary>Where exactly, for people: the file's path, the variable's name, the flag.</summary>
public sealed record SettingOrigin(SettingSource Source, string Place)
{
    public static SettingOrigin Default { get; } = new(SettingSource.Default, "");

    /// <inheritdoc/>
    public override string ToString() => Source switch
    {
        SettingSource.Default => "default",
        SettingSource.File => $"file {Place}",
        SettingSource.Environment => $"environment {Place}",
        _ => $"flag {Place}",
    };
}

/// <summary>A setting as it was found: its name with colons, its text, and where it stood.</summary>
public sealed record SettingValue(string Name, string Text, SettingOrigin Origin);
