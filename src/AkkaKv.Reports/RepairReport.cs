using AkkaKv.Api;

namespace AkkaKv.Reports;

/// <summary>What came of repairs on command, a row for each node.</summary>
internal static class RepairReport
{
    public static TextReport Of(IReadOnlyList<RepairRun> runs) => new(
        [],
        new TextTable(["NODE", "STATE", "PARTITIONS", "DIFFERED", "MOVED", "BYTES", "DAMAGED", "TOOK"], [.. runs.Select(Cells)]),
        [
            .. runs.Where(run => run.Failure is not null).Select(run => $"! {run.Line()}"),
            .. runs.Where(run => run.Repair is { DamagedKeys: > 0 }).Select(run =>
                $"! {run.Node}: {Shown.Count(run.Repair!.DamagedKeys)} keys cannot be read on one of their replicas and were not repaired: see the nodes' logs and disks."),
        ]);

    private static IReadOnlyList<string> Cells(RepairRun run) => run.Repair is not { } repair
        ? [run.Node, run.State, "", "", "", "", "", ""]
        :
        [
            run.Node,
            run.State,
            $"{Shown.Count(repair.PartitionsDone)} of {Shown.Count(repair.Partitions)}",
            Shown.Count(repair.DifferingKeys),
            Shown.Count(repair.KeysMoved),
            Shown.Count(repair.BytesMoved),
            Shown.Count(repair.DamagedKeys),
            repair.FinishedAt is { } finished ? Shown.Age(finished - repair.StartedAt) : "",
        ];
}
