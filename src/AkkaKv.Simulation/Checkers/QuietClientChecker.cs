using AkkaKv.Simulation.Workload;

namespace AkkaKv.Simulation.Checkers;

/// <summary>Promise 4: one client that reads, modifies and writes, without faults, never sees two siblings, and never fails.</summary>
internal sealed class QuietClientChecker : IRunChecker
{
    public string Promise => "one client doing read-modify-write without faults never sees two siblings";

    public void Check(RunEvidence evidence, Action<string> broken)
    {
        var last = new Dictionary<int, int>();
        var crowded = new HashSet<int>();
        foreach (Operation operation in evidence.History.Operations)
        {
            if (!operation.IsQuiet || crowded.Contains(operation.Session))
                continue;
            if (operation.Outcome != OperationOutcome.Ok && evidence.IsCrowded)
                crowded.Add(operation.Session); // Small bounds say Busy to whoever comes at the same time.
            else if (operation.Outcome != OperationOutcome.Ok)
                broken($"{operation} failed although nothing did: {operation.Error?.Detail}");
            else
                CheckOne(operation, last.GetValueOrDefault(operation.Session), broken);
            if (operation.IsAcknowledgedWrite)
                last[operation.Session] = operation.Number;
        }
    }

    private static void CheckOne(Operation operation, int expected, Action<string> broken)
    {
        if (operation.Shown.Count > 1)
            broken($"{operation} showed siblings");
        if (operation.Kind == OperationKind.Get && expected != 0 && !operation.Shown.Contains(expected))
            broken($"{operation} did not show the value of operation {expected}, the only writer's last");
    }
}
