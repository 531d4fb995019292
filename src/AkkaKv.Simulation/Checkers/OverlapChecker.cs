using AkkaKv.Simulation.Workload;

namespace AkkaKv.Simulation.Checkers;

/// <summary>
/// Promise 9: with strict quorums and R + W &gt; N, a read that starts after a write was acknowledged returns it or
/// something that covers it. Each disk lost in between takes one from the overlap. Where the two name another N, the larger
/// one counts: the owners of the smaller are the first of the larger.
/// </summary>
/// <remarks>Not linearizability: two reads during one write may show new, then old. Those are counted.</remarks>
internal sealed class OverlapChecker : IRunChecker
{
    public string Promise => "with overlapping strict quorums a read returns what was acknowledged before it, or what covers it";

    public void Check(RunEvidence evidence, Action<string> broken)
    {
        foreach (List<Operation> operations in ByKey(evidence))
        {
            foreach (Operation read in operations)
            {
                if (read.Kind == OperationKind.Get && read.Outcome == OperationOutcome.Ok && read.Strict)
                    CheckRead(evidence, operations, read, broken);
            }

            evidence.NewThenOld += CountNewThenOld(operations);
        }
    }

    private static void CheckRead(RunEvidence evidence, List<Operation> operations, Operation read, Action<string> broken)
    {
        foreach (Operation write in operations)
        {
            if (evidence.Knew(read, write.Number))
                continue;
            if (evidence.MustMeet(read, write))
                broken($"{read} did not show the value of {write}, nor one that covers it ({evidence.DisksLost(write.InvokedAt, read.CompletedAt)} disks lost in between)");
        }
    }

    // A read that showed a write, and a later one that showed neither it nor anything that was written after.
    private static long CountNewThenOld(List<Operation> operations)
    {
        long count = 0;
        Operation? before = null;
        foreach (Operation read in operations)
        {
            if (read.Kind != OperationKind.Get || read.Outcome != OperationOutcome.Ok)
                continue;
            if (before is not null && read.InvokedAt > before.CompletedAt && read.Shown.Count > 0 && before.Shown.Count > 0
                && Max(read.Shown) < Max(before.Shown))
                count++;
            before = read;
        }

        return count;
    }

    private static int Max(List<int> numbers)
    {
        int max = 0;
        foreach (int number in numbers)
            max = Math.Max(max, number);
        return max;
    }

    private static List<Operation>[] ByKey(RunEvidence evidence)
    {
        var keys = new List<Operation>[evidence.Keys.Count];
        for (int key = 0; key < keys.Length; key++)
            keys[key] = [];
        foreach (Operation operation in evidence.History.Operations)
            keys[operation.Key.Index].Add(operation);
        return keys;
    }
}
