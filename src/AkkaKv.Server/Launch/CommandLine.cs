using AkkaKv.Host.Settings;
using AkkaKv.Host.Spelling;

namespace AkkaKv.Server.Launch;

/// <summary>What the program is asked to do.</summary>
public enum CommandKind
{
    Run,
    ConfigShow,
    Help,
    Version,
}

/// <summary>The command line as it was understood.</summary>
public sealed record CommandLine
{
    private static readonly string[] Known =
        ["--node", "--data", "--member", "--config", "--nodes", "--http-port", "--peer-port", "--restart", "--bootstrap", "--join", "--host", "--leave-on-stop", "--help", "--version"];

    public CommandKind Kind { get; private set; } = CommandKind.Run;

    /// <summary>The settings that flags give.</summary>
    public IReadOnlyList<SettingValue> Settings => settings;

    /// <summary>The flags that every child of a local cluster gets as they are.</summary>
    public IReadOnlyList<string> Shared => shared;

    /// <summary>What was not understood.</summary>
    public IReadOnlyList<string> Errors => errors;

    /// <summary>The configuration file that was asked for, or null.</summary>
    public string? ConfigFile { get; private set; }

    /// <summary>Nodes of the local cluster.</summary>
    public int Nodes { get; private set; } = 3;

    /// <summary>The first node's HTTP port; the others follow.</summary>
    public int HttpPort { get; private set; } = 7001;

    /// <summary>The first node's peer port; the others follow.</summary>
    public int PeerPort { get; private set; } = 7101;

    /// <summary>Whether a node that dies is started again.</summary>
    public bool Restart { get; private set; }

    /// <summary>Whether the process ends when its standard input does: the launcher's children hold on to it that way.</summary>
    public bool ExitWithParent { get; private set; }

    private readonly List<SettingValue> settings = [];
    private readonly List<string> shared = [];
    private readonly List<string> errors = [];
    private readonly List<string> launcherFlags = [];
    private int members;

    /// <summary>Reads the arguments; never throws, but collects what is wrong.</summary>
    public static CommandLine Parse(IReadOnlyList<string> arguments)
    {
        var line = new CommandLine();
        var queue = new Queue<string>(arguments);
        while (queue.TryDequeue(out var argument))
            line.Take(argument, queue);
        var chosen = line.settings.Find(setting => setting.Name == "Node:Name");
        if (chosen is not null && line.launcherFlags.Count > 0)
            line.errors.Add($"{string.Join(", ", line.launcherFlags)} belong to a local cluster and --node starts a single node: leave one of them out.");
        return line;
    }

    private void Take(string argument, Queue<string> rest)
    {
        if (!argument.StartsWith('-'))
        {
            TakeWord(argument, rest);
            return;
        }

        var equals = argument.IndexOf('=', StringComparison.Ordinal);
        var flag = equals < 0 ? argument : argument[..equals];
        var inline = equals < 0 ? null : argument[(equals + 1)..];
        switch (flag)
        {
            case "--help" or "-h" or "-?":
                Kind = CommandKind.Help;
                break;
            case "--version":
                Kind = CommandKind.Version;
                break;
            case "--restart":
                Restart = true;
                launcherFlags.Add(flag);
                break;
            case "--bootstrap":
                Set("Node:Bootstrap", "true", flag);
                break;
            case "--leave-on-stop":
                Set("Node:LeaveOnStop", "true", flag);
                break;
            case "--exit-with-parent":
                ExitWithParent = true;
                break;
            default:
                TakeValued(flag, inline, rest);
                break;
        }
    }

    private void TakeValued(string flag, string? inline, Queue<string> rest)
    {
        if (!Known.Contains(flag) && !flag.Contains(':', StringComparison.Ordinal))
        {
            errors.Add(Unknown(flag));
            return;
        }

        if (inline is null && (!rest.TryPeek(out var next) || next.StartsWith("--", StringComparison.Ordinal)))
        {
            errors.Add($"{flag} must be followed by a value; found nothing. Write {flag} VALUE or {flag}=VALUE.");
            return;
        }

        var value = inline ?? rest.Dequeue();
        if (flag.Contains(':', StringComparison.Ordinal))
        {
            Set(flag[2..], value, flag);
            shared.Add($"{flag}={value}");
        }
        else
        {
            TakeKnown(flag, value);
        }
    }

    private void TakeKnown(string flag, string value)
    {
        switch (flag)
        {
            case "--node":
                Set("Node:Name", value, flag);
                break;
            case "--data":
                Set("Node:DataDirectory", value, flag);
                break;
            case "--member":
                TakeMember(value);
                break;
            case "--join":
                Set("Node:Join", value, flag);
                break;
            case "--host":
                Set("Node:Host", value, flag);
                shared.Add($"{flag}={value}");
                break;
            case "--config":
                ConfigFile = value;
                break;
            case "--nodes":
                Nodes = LauncherNumber(flag, value, 1, 9, Nodes);
                break;
            case "--http-port":
                HttpPort = LauncherNumber(flag, value, 1, 65_527, HttpPort);
                break;
            default:
                PeerPort = LauncherNumber(flag, value, 1, 65_527, PeerPort);
                break;
        }
    }

    private void TakeMember(string text)
    {
        foreach (var part in text.Split(',', StringSplitOptions.RemoveEmptyEntries))
        {
            var equals = part.IndexOf('=', StringComparison.Ordinal);
            if (equals <= 0)
            {
                errors.Add($"--member must be name=…,endpoint=HOST:PORT[,http=URL][,zone=…][,weight=…]; found \"{part}\" in it.");
                return;
            }

            Set($"{SettingsCatalog.MembersPrefix}{members}:{part[..equals]}", part[(equals + 1)..], "--member");
        }

        members++;
    }

    private void TakeWord(string word, Queue<string> rest)
    {
        if (word == "config" && rest.TryPeek(out var next) && next == "show")
        {
            rest.Dequeue();
            Kind = CommandKind.ConfigShow;
            return;
        }

        errors.Add($"\"{word}\" is no command; there is `config show`. See --help.");
    }

    private int LauncherNumber(string flag, string value, int min, int max, int otherwise)
    {
        launcherFlags.Add(flag);
        if (int.TryParse(value, out var number) && number >= min && number <= max)
            return number;
        errors.Add($"{flag} must be a whole number from {min} to {max}; found \"{value}\".");
        return otherwise;
    }

    private void Set(string name, string value, string flag) =>
        settings.Add(new SettingValue(name, value, new SettingOrigin(SettingSource.Flag, flag)));

    private static string Unknown(string flag)
    {
        var candidates = Known.Concat(SettingsCatalog.All.Where(known => !known.Open).Select(known => "--" + known.Name));
        var nearest = NearestName.Of(flag, candidates);
        return $"{flag} is no flag." + (nearest is null ? " See --help." : $" Did you mean {nearest}?");
    }
}
