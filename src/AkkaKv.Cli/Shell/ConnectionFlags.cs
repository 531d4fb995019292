using System.CommandLine;
using AkkaKv.Client;

namespace AkkaKv.Cli.Shell;

/// <summary>The flags that every command has: where the cluster is, and how to show what it says.</summary>
internal sealed class ConnectionFlags(Terminal terminal)
{
    public const string EndpointsVariable = "AKKAKV_ENDPOINTS";

    private readonly Option<string[]> _endpoints = new("--endpoint", "-e")
    {
        Description = $"A node's URL; repeat it for several. Else {EndpointsVariable} (separated by commas), else ports 7001, 7002 and 7003 of 127.0.0.1.",
        HelpName = "URL",
        Recursive = true,
    };

    private readonly Option<string?> _output = new("--output", "-o") { Description = "json, or table for people (the default).", HelpName = "json|table", Recursive = true };

    public void AddTo(Command root)
    {
        _output.AcceptOnlyFromAmong("json", "table");
        root.Options.Add(_endpoints);
        root.Options.Add(_output);
    }

    public bool IsJson(ParseResult parse) => parse.GetValue(_output) == "json";

    public bool IsTable(ParseResult parse) => parse.GetValue(_output) == "table";

    /// <summary>The endpoints that were named, or null when none was.</summary>
    public IReadOnlyList<string>? Named(ParseResult parse)
    {
        if (Flagged(parse) is { } flags)
            return flags;
        if (terminal.Environment(EndpointsVariable) is { Length: > 0 } variable)
            return variable.Split([',', ' '], StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        return null;
    }

    /// <summary>The endpoints that were named by flags, whatever the environment says, or null when none was.</summary>
    public IReadOnlyList<string>? Flagged(ParseResult parse) => parse.GetValue(_endpoints) is { Length: > 0 } flags ? flags : null;

    public AkkaKvClient Connect(ParseResult parse, Func<AkkaKvClientOptions, AkkaKvClientOptions>? adjust = null)
    {
        var options = new AkkaKvClientOptions();
        if (Named(parse) is { } named)
            options = options with { Endpoints = [.. named.Select(ParseUrl)] };
        return new AkkaKvClient(adjust is null ? options : adjust(options), terminal.Time, terminal.Random);
    }

    public static Uri ParseUrl(string text)
    {
        if (Uri.TryCreate(text, UriKind.Absolute, out var url) && url.Scheme is "http" or "https")
            return url;
        throw new UsageException($"'{text}' is not a node's URL: write it like http://127.0.0.1:7001");
    }
}
