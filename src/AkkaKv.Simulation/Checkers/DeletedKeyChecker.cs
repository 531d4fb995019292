using AkkaKv.Simulation.Running;
using AkkaKv.Simulation.Workload;

namespace AkkaKv.Simulation.Checkers;

/// <summary>
/// Promise 7: what an acknowledged delete replaced stays deleted, whether or not its tombstone was reaped meanwhile: it is
/// in no store at the end, and in no read that meets the delete.
/// </summary>
internal sealed class DeletedKeyChecker : IRunChecker
{
    public string Promise => "a deleted key stays deleted";

    public void Check(RunEvidence evidence, Action<string> broken)
    {
        ILookup<int, Operation> reads = evidence.History.Operations
            .Where(operation => operation.Kind == OperationKind.Get && operation.Shown.Count > 0)
            .ToLookup(operation => operation.Key.Index);
        foreach (Operation delete in evidence.History.Operations)
        {
            if (!delete.IsAcknowledgedWrite || delete.Kind != OperationKind.Delete || delete.IsLoose || delete.Key.IsLoose)
                continue;
            CheckReads(evidence, delete, reads[delete.Key.Index], broken);
            if (evidence.CopiesLost(delete.InvokedAt, long.MaxValue) < delete.W)
                CheckStores(evidence, delete, broken);
        }
    }

    private static void CheckReads(RunEvidence evidence, Operation delete, IEnumerable<Operation> reads, Action<string> broken)
    {
        foreach (Operation read in reads)
        {
            if (!evidence.MustMeet(read, delete))
                continue;
            foreach (int shown in read.Shown)
            {
                if (evidence.Coverage.Covers(delete.Number, shown))
                    broken($"{read} showed operation {shown}, although {delete} had removed it");
            }
        }
    }

    private static void CheckStores(RunEvidence evidence, Operation delete, Action<string> broken)
    {
        foreach (int held in evidence.Final(delete.Key.Index))
        {
            if (evidence.Coverage.Covers(delete.Number, held))
                broken($"operation {held} is back on the replicas, although {delete} had removed it");
        }

        foreach (StrayObject stray in evidence.Strays)
        {
            if (stray.Key == delete.Key.Index && evidence.OperationsIn(stray.Object).Exists(held => evidence.Coverage.Covers(delete.Number, held)))
                broken($"{stray.Node} still holds what {delete} had removed");
        }
    }
}
