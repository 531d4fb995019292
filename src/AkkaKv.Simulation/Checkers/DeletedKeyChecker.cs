using AkkaKv.Simulation.Workload;

namespace AkkaKv.Simulation.Checkers;

/// <summary>Promise 7: what an acknowledged delete replaced stays deleted.</summary>
internal sealed class DeletedKeyChecker : IRunChecker
{
    public string Promise => "a deleted key stays deleted";

    public void Check(RunEvidence evidence, Action<string> broken)
    {
        foreach (Operation delete in evidence.History.Operations)
        {
            if (!delete.IsAcknowledgedWrite || delete.Kind != OperationKind.Delete || delete.IsLoose || delete.Key.IsLoose)
                continue;
            if (evidence.DisksLost(delete.InvokedAt, long.MaxValue) >= delete.W)
                continue;
            foreach (int held in evidence.Final(delete.Key.Index))
            {
                if (evidence.Coverage.Covers(delete.Number, held))
                    broken($"operation {held} is back on the replicas, although {delete} had removed it");
            }
        }
    }
}
