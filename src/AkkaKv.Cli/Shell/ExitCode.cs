namespace AkkaKv.Cli.Shell;

/// <summary>The exit codes, as <c>docs/cli.md</c> lists them. Scripts depend on them: never renumber.</summary>
internal static class ExitCode
{
    public const int Ok = 0;
    public const int NotFound = 1;
    public const int Usage = 2;
    public const int Conflict = 3;
    public const int Refused = 4;
    public const int Unavailable = 5;
    public const int Indeterminate = 6;
    public const int LoadIncomplete = 7;
    public const int RepairIncomplete = 8;
    public const int Interrupted = 130;
}
