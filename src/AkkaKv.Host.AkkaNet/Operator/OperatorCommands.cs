using System.Runtime.CompilerServices;
using AkkaKv.Api;
using AkkaKv.Reports;

namespace AkkaKv.Host.AkkaNet.Operator;

/// <summary>
/// The verbs of <see cref="OperatorVerb"/> for one node, answered in lines of text. The command line <c>akkakv</c> asks every
/// member over HTTP; this asks the node behind the door alone, and says so.
/// </summary>
/// <param name="door">The node's.</param>
/// <param name="clock">For ages, and for the pauses in which a repair is followed.</param>
public sealed class OperatorCommands(IAkkaKv door, TimeProvider clock)
{
    private const string DefaultBucket = "default";

    /// <summary>Answers a verb. Bad arguments and a node that is not ready are answers too: one line that is an error.</summary>
    /// <param name="verb">One of <see cref="OperatorVerb.All"/>, by its name.</param>
    /// <param name="arguments">The words behind it.</param>
    /// <param name="cancellation">Ends the answer; a repair that was begun goes on.</param>
    public async IAsyncEnumerable<OperatorLine> RunAsync(
        string verb, IReadOnlyList<string> arguments, [EnumeratorCancellation] CancellationToken cancellation = default)
    {
        var (request, why) = OperatorRequest.Read(verb, arguments);
        if (request is null)
        {
            yield return OperatorLine.Refused(why!);
            yield break;
        }

        if (request.Verb == OperatorVerb.Repair)
        {
            await foreach (OperatorLine line in new RepairFollower(door, clock).FollowAsync(cancellation))
                yield return line;
            yield break;
        }

        foreach (OperatorLine line in await AnswerAsync(request, cancellation))
            yield return line;
    }

    private ValueTask<IEnumerable<OperatorLine>> AnswerAsync(OperatorRequest request, CancellationToken cancellation) => request.Verb.Name switch
    {
        "status" => StatusAsync(cancellation),
        "ring" => RingAsync(cancellation),
        "where" => WhereAsync(request, cancellation),
        "hints" => HintsAsync(cancellation),
        var other => throw new InvalidOperationException($"Every verb needs an answer; {other} has none: add it here."),
    };

    private async ValueTask<IEnumerable<OperatorLine>> StatusAsync(CancellationToken cancellation)
    {
        NodeHealth health = await door.HealthAsync(cancellation);
        NodeReport report = await door.ReportAsync(cancellation);
        if (report.Members.Count == 0)
            return [OperatorLine.NotReady(OperatorVerb.Status, health)];
        NodeAnswer[] answers = [.. report.Members.Select(member => member.Self ? new NodeAnswer(member, health, report, null) : new NodeAnswer(member, null, null, null))];
        StatusRow[] rows = StatusReport.RowsOf(answers, health.Node, clock.GetUtcNow());
        return Lines(StatusReport.Of(rows, report.IsComplete, health.Node,
            $"Asked was {health.Node} alone (*): state, phi, heartbeat, skew and comparisons are its opinion, and hints are those that it keeps."));
    }

    private async ValueTask<IEnumerable<OperatorLine>> RingAsync(CancellationToken cancellation)
    {
        RingInfo ring = await door.RingAsync(cancellation);
        return ring.Members.Count == 0
            ? [OperatorLine.NotReady(OperatorVerb.Ring, await door.HealthAsync(cancellation))]
            : Lines(RingReport.Of(ring, RingReport.SharesOf(ring)));
    }

    private async ValueTask<IEnumerable<OperatorLine>> WhereAsync(OperatorRequest request, CancellationToken cancellation)
    {
        string bucket = request.Values.GetValueOrDefault(OperatorArgument.Bucket.Name, DefaultBucket);
        var (placement, error) = await door.PlacementAsync(EntryKey.FromText(bucket, request.Values[OperatorArgument.Key.Name]), RequestOptions.Default, cancellation);
        return error is null ? Lines(PlacementReport.Of(placement!)) : [OperatorLine.Refused($"{error.Slug}: {error.Detail}")];
    }

    private async ValueTask<IEnumerable<OperatorLine>> HintsAsync(CancellationToken cancellation)
    {
        NodeHealth health = await door.HealthAsync(cancellation);
        NodeReport report = await door.ReportAsync(cancellation);
        if (report.Members.Count == 0)
            return [OperatorLine.NotReady(OperatorVerb.Hints, health)];

        // A node that has asked to join keeps none, but answers.
        if (report.Members.FirstOrDefault(member => member.Self) is not { } self)
            return [new OperatorLine($"{health.Node} is no member yet, and keeps no hints.")];
        NodeAnswer[] answers = [new NodeAnswer(self, health, report, null)];
        return Lines(HintsReport.Of(answers, SilentNodes.Of(answers))).Append(new OperatorLine($"Every node keeps hints of its own: these are those of {health.Node}."));
    }

    private static IEnumerable<OperatorLine> Lines(TextReport report) => report.Lines().Select(line => new OperatorLine(line));
}
