using AkkaKv.Api;
using AkkaKv.Cli.Output;
using AkkaKv.Cli.Shell;

namespace AkkaKv.Cli.Commands;

/// <summary>Says what a put or a delete came to.</summary>
internal sealed class WriteReport(Terminal terminal, bool json)
{
    public int Print(string verb, EntryKey key, PutReply reply)
    {
        if (reply.Error is { } error)
            return new ErrorPrinter(terminal, json).Print(error);
        if (json)
        {
            terminal.OutText.WriteLine(JsonText.Of(new { tag = reply.Tag, context = reply.Context?.ToString(), siblings = reply.Siblings, quorum = reply.Quorum }));
            return ExitCode.Ok;
        }
        string quorum = reply.Quorum is { } q ? $", {q.Got} of {q.N} replicas acknowledged (w={q.Needed})" : "";
        terminal.OutText.WriteLine($"{verb} {key}{quorum}");
        if (reply.Siblings > 1)
        {
            terminal.Error.WriteLine(
                $"akkakv: {key} now has {reply.Siblings} concurrent values: a write without the context replaces nothing. "
                + "Resolve it with 'akkakv put KEY VALUE --replace', or read it first ('akkakv get KEY --context-out FILE').");
        }
        return ExitCode.Ok;
    }
}
