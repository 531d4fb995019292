using System.Globalization;
using AkkaKv.Api;
using AkkaKv.Cli.Commands;
using AkkaKv.Cli.Shell;
using AkkaKv.Reports;

namespace AkkaKv.Cli.Output;

/// <summary>A plan for people: what is staged, what moves, and how even the cluster is before and after.</summary>
internal sealed class PlanPrinter(Terminal terminal)
{
    public void Print(ChangePlanInfo plan, PlanEstimate estimate)
    {
        TextWriter output = terminal.OutText;
        foreach (ClusterChange change in plan.Staged)
            output.WriteLine("staged: " + ClusterPrinter.Text(change));
        if (plan.Moves.Count > 0)
        {
            TablePrinter.ForOut(terminal).Print(
                ["FROM", "TO", "PARTITIONS", "BYTES"],
                plan.Moves.Select((move, at) => (IReadOnlyList<string>)
                    [move.From.Length > 0 ? move.From : "(nobody)", move.To, Shown.Count(move.Partitions), estimate.Moves[at] is { } bytes ? "~" + Shown.Count(bytes) : "unknown"]));
        }

        output.WriteLine($"{Shown.Count(plan.PartitionsMoved)} replicas of partitions move; any scheme must move {Shown.Count(plan.PartitionsMin)}.");
        output.WriteLine(
            $"About {Shown.Count(estimate.Bytes)} bytes; {Shown.Clock(estimate.TimeFor(plan))} if each receiving node takes in {Shown.Count(PlanEstimate.BytesPerSecond)} bytes a second.");
        if (estimate.Unknown.Count > 0)
            output.WriteLine($"! {string.Join(", ", estimate.Unknown)} did not say how much they hold: estimated by the others.");
        PrintLoads(plan);
        foreach (string warning in plan.Warnings)
            output.WriteLine("! " + warning);
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"Begin it with 'akkakv cluster commit --epoch {plan.Epoch}'."));
    }

    private void PrintLoads(ChangePlanInfo plan)
    {
        var before = plan.Before.ToDictionary(load => load.Node, StringComparer.Ordinal);
        var after = plan.After.ToDictionary(load => load.Node, StringComparer.Ordinal);
        TablePrinter.ForOut(terminal).Print(
            ["NODE", "ZONE", "WEIGHT", "REPLICAS BEFORE", "AFTER", "SHARE BEFORE", "AFTER"],
            before.Keys.Union(after.Keys, StringComparer.Ordinal).Order(StringComparer.Ordinal).Select(node => Cells(node, before.GetValueOrDefault(node), after.GetValueOrDefault(node))));
        terminal.OutText.WriteLine(string.Create(
            CultureInfo.InvariantCulture, $"balance {Balance(plan.Before):0.000} before, {Balance(plan.After):0.000} after (mean ÷ hottest; 1 is even)"));
        terminal.OutText.WriteLine($"zones {Zones(plan.Before)} before, {Zones(plan.After)} after (replicas in each)");
    }

    private static IReadOnlyList<string> Cells(string node, LoadInfo? before, LoadInfo? after)
    {
        LoadInfo shown = after ?? before!;
        return
        [
            node,
            shown.Zone,
            shown.Weight.ToString("0.##", CultureInfo.InvariantCulture),
            before is null ? "-" : Shown.Count(before.Replicas),
            after is null ? "-" : Shown.Count(after.Replicas),
            before is null ? "-" : before.Share.ToString("0.000", CultureInfo.InvariantCulture),
            after is null ? "-" : after.Share.ToString("0.000", CultureInfo.InvariantCulture),
        ];
    }

    private static double Balance(IReadOnlyList<LoadInfo> loads)
    {
        double hottest = loads.Where(load => load.Weight > 0).Select(load => load.Replicas / load.Weight).DefaultIfEmpty(0).Max();
        double weights = loads.Sum(load => load.Weight);
        return hottest == 0 || weights == 0 ? 1 : loads.Sum(load => load.Replicas) / weights / hottest;
    }

    private static string Zones(IReadOnlyList<LoadInfo> loads) => string.Join(", ", loads
        .GroupBy(load => load.Zone, StringComparer.Ordinal)
        .OrderBy(zone => zone.Key, StringComparer.Ordinal)
        .Select(zone => $"{(zone.Key.Length > 0 ? zone.Key : "(none)")} {Shown.Count(zone.Sum(load => load.Replicas))}"));
}
