using System.CommandLine;
using AkkaKv.Api;
using AkkaKv.Cli.Output;
using AkkaKv.Cli.Shell;
using AkkaKv.Client;
using AkkaKv.Reports;

namespace AkkaKv.Cli.Commands;

/// <summary><c>akkakv repair</c>: every node compares all that it owns with the other owners; followed until it is done.</summary>
internal sealed class RepairCommand(Terminal terminal, ConnectionFlags connection)
{
    private static readonly TimeSpan PollPause = TimeSpan.FromMilliseconds(500);

    private readonly Option<string[]> _nodes = new("--node") { Description = "Only this member; repeat it for several. Default: all.", HelpName = "NAME" };

    private readonly Option<bool> _noWait = new("--no-wait") { Description = "Starts the repair and does not follow it." };

    public Command Build()
    {
        var command = new Command("repair", "Compares all replicas now and moves what differs; joins a repair that is under way.");
        command.Options.Add(_nodes);
        command.Options.Add(_noWait);
        command.SetAction(RunAsync);
        return command;
    }

    private async Task<int> RunAsync(ParseResult parse, CancellationToken cancellation)
    {
        using var client = connection.Connect(parse);
        List<RepairRun> runs = Chosen(await client.MembersAsync(cancellation), parse.GetValue(_nodes) ?? []);
        await Task.WhenAll(runs.Select(run => StartAsync(client, run, cancellation)));
        foreach (RepairRun run in runs)
            terminal.Error.WriteLine(run.Beginning());
        if (runs.TrueForAll(run => run.Failure is not null))
        {
            Report(runs, connection.IsJson(parse));
            return ExitCode.Unavailable;
        }

        if (!parse.GetValue(_noWait) && !await FollowAsync(client, runs, cancellation))
            return ExitCode.Interrupted;
        Report(runs, connection.IsJson(parse));
        return runs.Exists(run => run.IsUnfinished) ? ExitCode.RepairIncomplete : ExitCode.Ok;
    }

    private static List<RepairRun> Chosen(IReadOnlyList<MemberInfo> members, string[] names)
    {
        string known = string.Join(", ", members.Select(member => member.Name));
        if (names.FirstOrDefault(name => members.All(member => member.Name != name)) is { } stranger)
            throw new UsageException($"--node must be a member; found '{stranger}', the members are {known}");
        return [.. members
            .Where(member => names.Length == 0 || names.Contains(member.Name))
            .Select(member => new RepairRun(member.Name) { Endpoint = MemberInquiry.EndpointOf(member) })];
    }

    private static async Task StartAsync(AkkaKvClient client, RepairRun run, CancellationToken cancellation)
    {
        if (run.Endpoint is null)
        {
            run.Fail("no Http is configured for it, so it cannot be asked: set it in Cluster:Members");
            return;
        }

        var (reply, error) = await client.StartRepairOfAsync(run.Endpoint, cancellation);
        if (reply?.Repair is { } repair)
            run.Begin(repair, reply.Joined);
        else
            run.Fail(error?.Detail ?? "it did not say that it began");
    }

    /// <summary>Asks until all are over; false when a person stopped the waiting.</summary>
    private async Task<bool> FollowAsync(AkkaKvClient client, List<RepairRun> runs, CancellationToken cancellation)
    {
        var progress = new RepairProgress(terminal);
        try
        {
            while (!runs.TrueForAll(run => run.IsOver))
            {
                progress.Show(runs);
                await Task.Delay(PollPause, terminal.Time, cancellation);
                await Task.WhenAll(runs.Where(run => !run.IsOver).Select(run => AskAsync(client, run, cancellation)));
            }
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            progress.End();
            terminal.Error.WriteLine("akkakv: no longer followed; the repair goes on in the cluster, and 'akkakv repair' joins it");
            return false;
        }

        progress.End();
        return true;
    }

    private static async Task AskAsync(AkkaKvClient client, RepairRun run, CancellationToken cancellation)
    {
        var (reply, error) = await client.RepairOfAsync(run.Endpoint!, cancellation);
        if (reply is null)
            run.Miss(error!.Detail);
        else
            run.Hear(reply.Repair, reply.IsComplete);
    }

    private void Report(List<RepairRun> runs, bool json)
    {
        if (json)
        {
            terminal.OutText.WriteLine(JsonText.Of(runs.Select(run => new { node = run.Node, state = run.State, joined = run.Joined, repair = run.Repair, error = run.Failure })));
            return;
        }

        ReportPrinter.Print(terminal, RepairReport.Of(runs));
    }
}
