using System.Runtime.CompilerServices;
using AkkaKv.Api;
using AkkaKv.Reports;

namespace AkkaKv.Host.AkkaNet.Operator;

/// <summary>Begins or joins the node's repair and tells how it goes: a line when something changed, at most one every few seconds.</summary>
internal sealed class RepairFollower(IAkkaKv door, TimeProvider clock)
{
    private static readonly TimeSpan PollPause = TimeSpan.FromMilliseconds(500);

    private static readonly TimeSpan Every = TimeSpan.FromSeconds(5);

    public async IAsyncEnumerable<OperatorLine> FollowAsync([EnumeratorCancellation] CancellationToken cancellation)
    {
        RepairInfo? before = (await door.ReportAsync(cancellation)).Repair;
        RepairInfo? repair = await door.RepairAsync(cancellation);
        NodeHealth health = await door.HealthAsync(cancellation);
        if (repair is null)
        {
            yield return OperatorLine.NotReady(OperatorVerb.Repair, health);
            yield break;
        }

        var run = new RepairRun(health.Node);
        run.Begin(repair, joined: before is { FinishedAt: null } && before.StartedAt == repair.StartedAt);
        yield return new OperatorLine(run.Beginning());
        await foreach (string line in ProgressAsync(run, cancellation))
            yield return new OperatorLine(line);
        foreach (string line in RepairReport.Of([run]).Lines())
            yield return new OperatorLine(line);
        yield return run.IsUnfinished
            ? OperatorLine.Refused("Everything that this node owns should have been compared and repaired; found what the lines with ! say. Do as they say, and repair again.")
            : new OperatorLine($"Every node repairs what it owns: this was {health.Node}. Ask the others too; the command line akkakv asks all at once.");
    }

    private async IAsyncEnumerable<string> ProgressAsync(RepairRun run, [EnumeratorCancellation] CancellationToken cancellation)
    {
        string shown = "";
        long? last = null;
        while (!run.IsOver)
        {
            string line = run.Line();
            if (line != shown && (last is null || clock.GetElapsedTime(last.Value) >= Every))
            {
                yield return line;
                (shown, last) = (line, clock.GetTimestamp());
            }

            await Task.Delay(PollPause, clock, cancellation);
            NodeReport report = await door.ReportAsync(cancellation);
            run.Hear(report.Repair, report.IsComplete);
        }
    }
}
