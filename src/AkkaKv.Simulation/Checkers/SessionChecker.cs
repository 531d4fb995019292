using AkkaKv.Simulation.Workload;

namespace AkkaKv.Simulation.Checkers;

/// <summary>
/// Promise 8, writes follow reads: a context that was handed out is honoured. A client's write with a context is never
/// refused as unknown, and its value never stands beside what the read had shown that the context came from.
/// </summary>
internal sealed class SessionChecker : IRunChecker
{
    public string Promise => "with the context token writes follow reads";

    public void Check(RunEvidence evidence, Action<string> broken)
    {
        foreach (Operation operation in evidence.History.Operations)
        {
            if (operation.Source is not null && operation.Error?.Code == Api.KvErrorCode.InvalidContext && evidence.DisksLost(0, operation.CompletedAt) == 0)
                broken($"{operation} was refused although its context was handed out: {operation.Error.Detail}");
            if (operation.Kind == OperationKind.Get && operation.Outcome == OperationOutcome.Ok)
                CheckOrder(evidence, operation, broken);
        }
    }

    // The direct link of one client: its write, and what the read showed that its context came from.
    private static void CheckOrder(RunEvidence evidence, Operation read, Action<string> broken)
    {
        foreach (int shown in read.Shown)
        {
            if (evidence.History.Find(shown)?.Source is { IsWrite: false } source && source.Shown.Exists(read.Shown.Contains))
                broken($"{read} showed operation {shown} beside what its client had before it: {source}");
        }
    }
}
