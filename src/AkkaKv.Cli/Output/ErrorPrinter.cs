using AkkaKv.Api;
using AkkaKv.Cli.Shell;

namespace AkkaKv.Cli.Output;

/// <summary>Says on standard error what was required, what was found and what to do, and picks the exit code.</summary>
internal sealed class ErrorPrinter(Terminal terminal, bool json)
{
    public int Print(KvError error)
    {
        int code = CodeOf(error);
        if (json)
            terminal.Error.WriteLine(JsonText.LineOf(new { error = Fields(error), exitCode = code }));
        else
            PrintText(error);
        return code;
    }

    public static int CodeOf(KvError error)
    {
        if (error.Outcome == KvOutcome.Indeterminate)
            return ExitCode.Indeterminate;
        return IsUnavailable(error.Code) ? ExitCode.Unavailable : ExitCode.Refused;
    }

    /// <summary>True for failures of the cluster, false for those of the request.</summary>
    public static bool IsUnavailable(KvErrorCode code) => code is KvErrorCode.NotEnoughReplicas or KvErrorCode.QuorumNotReached
        or KvErrorCode.IdsUnavailable or KvErrorCode.StoreReadOnly or KvErrorCode.Busy or KvErrorCode.NotReady or KvErrorCode.DataCorrupt;

    private static object Fields(KvError error) => new
    {
        code = error.Slug,
        detail = error.Detail,
        outcome = error.Outcome == KvOutcome.Indeterminate ? "indeterminate" : "not-attempted",
        retryable = error.Retryable,
        needed = error.Needed,
        got = error.Got,
        nodes = error.Nodes,
    };

    private void PrintText(KvError error)
    {
        terminal.Error.WriteLine($"akkakv: {error.Slug}: {error.Detail}");
        if (error.Needed is { } needed)
        {
            string silent = error.Nodes is { Count: > 0 } nodes ? $"; without: {string.Join(", ", nodes)}" : "";
            terminal.Error.WriteLine($"  needed {needed} replies, got {error.Got ?? 0}{silent}");
        }
        terminal.Error.WriteLine("  " + Advice(error));
    }

    private static string Advice(KvError error)
    {
        if (error.Outcome == KvOutcome.Indeterminate)
            return "the write may or may not have taken effect: read the key before you write it again ('akkakv get KEY --context-out FILE')";
        if (error.Code == KvErrorCode.TooManySiblings)
            return "resolve them: 'akkakv get KEY --all --context-out FILE', then 'akkakv put KEY VALUE --context @FILE'";
        if (error.Code == KvErrorCode.TooManyActors)
            return "nothing was changed; delete the key and write it again once it is forgotten, or use another key";
        if (error.Code == KvErrorCode.InvalidContext)
            return "read the key again for a context of its own: 'akkakv get KEY --context-out FILE'";
        if (IsUnavailable(error.Code))
            return "nothing was changed; see 'akkakv status' for which nodes answer, or ask for fewer replicas with --r or --w";
        return "nothing was sent to a replica; change the request";
    }
}
