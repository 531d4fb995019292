using AkkaKv.Simulation.Workload;

namespace AkkaKv.Simulation.Checkers;

/// <summary>Promise 4: one client that reads, modifies and writes, without faults, never sees two siblings, and never fails.</summary>
internal sealed class QuietClientChecker : IRunChecker
{
    public string Promise => "one client doing read-modify-write without faults never sees two siblings";

    public void Check(RunEvidence evidence, Action<string> broken)
    {
        var last = new Dictionary<int, int>();
        foreach (Operation operation in evidence.History.Operations)
        {
            if (!operation.IsQuiet)
                continue;
            if (operation.Outcome != OperationOutcome.Ok && operation.Error?.Code != Api.KvErrorCode.Busy)
                broken($"{operation} failed although nothing did: {operation.Error?.Detail}");
            if (operation.Shown.Count > 1)
                broken($"{operation} showed siblings");
            int expected = last.GetValueOrDefault(operation.Session);
            if (operation.Kind == OperationKind.Get && operation.Outcome == OperationOutcome.Ok && expected != 0 && !operation.Shown.Contains(expected))
                broken($"{operation} did not show the value of operation {expected}, the only writer's last");
            if (operation.IsAcknowledgedWrite)
                last[operation.Session] = operation.Number;
        }
    }
}
