using System.CommandLine;
using System.Text;
using AkkaKv.Api;

namespace AkkaKv.Cli.Shell;

/// <summary>The causal context, given as text or in a file, and written to a file.</summary>
internal sealed class ContextFlags
{
    private readonly Option<string?> _context = new("--context")
    {
        Description = "What the writer had seen: a token from an earlier reply, or @FILE that holds one.",
        HelpName = "TOKEN|@FILE",
    };

    private readonly Option<string?> _contextOut = new("--context-out") { Description = "Writes the reply's context to this file, for a later --context @FILE.", HelpName = "FILE" };

    public void AddInTo(Command command) => command.Options.Add(_context);

    public void AddOutTo(Command command) => command.Options.Add(_contextOut);

    public bool IsGiven(ParseResult parse) => parse.GetValue(_context) is not null;

    public async Task<CausalContext?> ReadAsync(ParseResult parse, CancellationToken cancellation)
    {
        if (parse.GetValue(_context) is not { } given)
            return null;
        string text = given;
        if (given.StartsWith('@'))
        {
            if (!File.Exists(given[1..]))
                throw new UsageException($"--context {given}: there is no such file; write one with 'akkakv get KEY --context-out FILE'");
            text = await File.ReadAllTextAsync(given[1..], cancellation);
        }
        if (CausalContext.TryParse(text.Trim(), out var context))
            return context;
        throw new UsageException("--context is not a token: it is base64url text that a reply gave (header X-AkkaKv-Context, or --context-out)");
    }

    public async Task WriteAsync(ParseResult parse, CausalContext? context, CancellationToken cancellation)
    {
        if (parse.GetValue(_contextOut) is { } file && context is not null)
            await File.WriteAllTextAsync(file, context + "\n", Encoding.ASCII, cancellation);
    }
}
