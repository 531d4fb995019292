using AkkaKv.Cli.Shell;

using var stop = new CancellationTokenSource();
Console.CancelKeyPress += (_, press) =>
{
    // The first Ctrl-C asks the command to end in order; the second one is the system's own and ends at once.
    press.Cancel = !stop.IsCancellationRequested;
    stop.Cancel();
};
using var terminal = Terminal.OfProcess();
int code = await CommandLine.RunAsync(args, terminal, stop.Token);
terminal.Flush();
return code;
