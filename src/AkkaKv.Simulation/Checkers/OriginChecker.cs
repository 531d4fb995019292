using AkkaKv.Simulation.Workload;

namespace AkkaKv.Simulation.Checkers;

/// <summary>Promise 2: no value is read that was never written; a request that was not attempted never appears.</summary>
internal sealed class OriginChecker : IRunChecker
{
    public string Promise => "no value is read that was never written, nor one whose write was not attempted";

    public void Check(RunEvidence evidence, Action<string> broken)
    {
        foreach (Operation read in evidence.History.Operations)
        {
            foreach (int shown in read.Shown)
            {
                Operation? write = evidence.History.Find(shown);
                if (write is null || write.Key != read.Key || write.Kind != OperationKind.Put)
                    broken($"{read} showed a value that nobody wrote to this key (number {shown})");
                else if (write.Outcome == OperationOutcome.NotAttempted)
                    broken($"{read} showed the value of {write}");
                else if (write.InvokedAt > read.CompletedAt)
                    broken($"{read} showed the value of {write} before it was written");
            }
        }

        for (int key = 0; key < evidence.Keys.Count; key++)
        {
            foreach (int held in evidence.Final(key))
            {
                if (evidence.History.Find(held) is not { } write || write.Key.Index != key || write.Outcome == OperationOutcome.NotAttempted)
                    broken($"the replicas of {evidence.Keys[key].Entry} hold the value of operation {held}: {evidence.History.Find(held)}");
            }
        }
    }
}
