using AkkaKv.Simulation.Workload;

namespace AkkaKv.Simulation.Checkers;

/// <summary>
/// Promise 1: an acknowledged write, or one that covers it, is in every read of all replicas after healing, as long as
/// fewer than W disks were lost, or are with nodes that were declared dead. Concurrent acknowledged writes all survive: the other half of promise 3. A delete or an
/// expired value that was reaped may be gone with all that it covers.
/// </summary>
internal sealed class AcknowledgedWriteChecker : IRunChecker
{
    public string Promise => "no acknowledged write is lost";

    public void Check(RunEvidence evidence, Action<string> broken)
    {
        foreach (Operation write in evidence.History.Operations)
        {
            if (!write.IsAcknowledgedWrite || write.Session < 0 || evidence.CopiesLost(write.InvokedAt, long.MaxValue) >= write.W)
                continue;
            if (evidence.IsForgotten(write.Number, write.Key.Index, long.MaxValue))
                continue;
            if (!Survives(evidence, write.Number, evidence.Final(write.Key.Index)))
                broken($"{write} is nowhere on the replicas, which hold [{string.Join(", ", evidence.Final(write.Key.Index).Order())}]");
            else if (write.Kind == OperationKind.Put)
                CheckFinalRead(evidence, write, broken);
        }
    }

    private static void CheckFinalRead(RunEvidence evidence, Operation write, Action<string> broken)
    {
        Operation read = evidence.FinalReads[write.Key.Index];
        if (!evidence.Coverage.SeenByClient(read).Contains(write.Number) && !Survives(evidence, write.Number, read.Shown.ToHashSet()))
            broken($"{write} is not in {read}");
    }

    private static bool Survives(RunEvidence evidence, int write, IReadOnlySet<int> held)
    {
        if (held.Contains(write))
            return true;
        foreach (int newer in held)
        {
            if (evidence.Coverage.Covers(newer, write))
                return true;
        }

        return false;
    }
}
