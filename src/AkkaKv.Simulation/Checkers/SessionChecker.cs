using AkkaKv.Simulation.Workload;

namespace AkkaKv.Simulation.Checkers;

/// <summary>
/// Promise 8, as far as it goes without sticky sessions: a context that was handed out is honoured. A client's write
/// with a context is never refused as unknown, and its own later value never stands beside its earlier one
/// (monotonic writes, writes follow reads).
/// </summary>
internal sealed class SessionChecker : IRunChecker
{
    public string Promise => "with the context token writes follow reads and a client's writes are in order";

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

    // The direct link of one client: its write, the source of its context, and what that source showed.
    private static void CheckOrder(RunEvidence evidence, Operation read, Action<string> broken)
    {
        foreach (int shown in read.Shown)
        {
            if (evidence.History.Find(shown)?.Source is not { } source)
                continue;
            if (source.IsWrite ? read.Shown.Contains(source.Number) : source.Shown.Exists(read.Shown.Contains))
                broken($"{read} showed operation {shown} beside what its client had before it: {source}");
        }
    }
}
