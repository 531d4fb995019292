using System.Reflection;
using System.Runtime.InteropServices;
using AkkaKv.Host.Settings;

namespace AkkaKv.Server.Launch;

/// <summary>From the arguments to the exit code.</summary>
internal static class Entry
{
    public static async Task<int> RunAsync(string[] arguments, NodeHostFactory factory, TextWriter output, TextWriter errors)
    {
        var line = CommandLine.Parse(arguments);
        if (line.Kind is CommandKind.Help or CommandKind.Version)
        {
            await output.WriteAsync(line.Kind == CommandKind.Help ? HelpText.Text : Version() + "\n");
            return ExitCodes.Ok;
        }

        var directory = Directory.GetCurrentDirectory();
        var configured = Configuration.Read(line, Environment.GetEnvironmentVariables(), directory);
        if (line.Kind == CommandKind.ConfigShow)
            await output.WriteAsync(SettingsTable.Format(configured));
        if (configured.Options is not { } options)
            return await RefuseAsync(errors, configured.Errors);
        if (line.Kind == CommandKind.ConfigShow)
            return ExitCodes.Ok;
        if (options.Node.Name is not null)
            return await new NodeRunner(options, factory, errors).RunAsync(line.ExitWithParent ? ParentGoneAsync() : Never);
        return await LaunchAsync(line, configured, Configuration.FileOf(line, directory), output, errors);
    }

    private static Task Never { get; } = new TaskCompletionSource().Task;

    private static async Task<int> LaunchAsync(CommandLine line, OptionsResult configured, string? configFile, TextWriter output, TextWriter errors)
    {
        var wrong = ClusterPlan.Errors(line, configured);
        if (wrong.Count > 0)
            return await RefuseAsync(errors, wrong);
        var plan = ClusterPlan.Of(line, configured, configFile);
        var taken = ClusterPlan.TakenPorts(plan);
        if (taken.Count > 0)
        {
            var http = ClusterPlan.FreeFrom(line.HttpPort, line.Nodes);
            await errors.WriteLineAsync(PortText.InUse(taken, http, ClusterPlan.FreeFrom(line.PeerPort, line.Nodes)));
            return ExitCodes.PortInUse;
        }

        SocketThreads.ShareAmong(line.Nodes);
        using var stop = new CancellationTokenSource();
        using var interrupt = OnSignal(PosixSignal.SIGINT, stop);
        using var terminate = OnSignal(PosixSignal.SIGTERM, stop);
        var dataDirectory = configured.Options!.Node.DataDirectory;
        return await new ClusterLauncher(plan, SelfCommand.Current(), line.Restart, dataDirectory, output).RunAsync(stop.Token);
    }

    private static PosixSignalRegistration OnSignal(PosixSignal signal, CancellationTokenSource stop) =>
        PosixSignalRegistration.Create(signal, context =>
        {
            // The first asks to stop cleanly; a second one is left to its usual effect.
            context.Cancel = !stop.IsCancellationRequested;
            stop.Cancel();
        });

    /// <summary>Completes when standard input ends: its other end is the launcher's, and nobody writes to it.</summary>
    private static async Task ParentGoneAsync()
    {
        await using var input = Console.OpenStandardInput();
        var ignored = new byte[64];
        await Task.Run(() =>
        {
            while (input.Read(ignored) > 0)
            {
            }
        });
    }

    private static async Task<int> RefuseAsync(TextWriter errors, IReadOnlyList<string> reasons)
    {
        await errors.WriteLineAsync($"The configuration has {reasons.Count} {(reasons.Count == 1 ? "error" : "errors")}:");
        foreach (var reason in reasons)
            await errors.WriteLineAsync($"  - {reason}");
        return ExitCodes.BadConfiguration;
    }

    private static string Version() =>
        typeof(Entry).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion.Split('+')[0] ?? "unknown";
}
