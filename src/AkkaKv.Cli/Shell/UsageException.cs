namespace AkkaKv.Cli.Shell;

/// <summary>The command line, or a file it names, can't be used; the message says what was found and what to do.</summary>
internal sealed class UsageException(string message) : Exception(message);
