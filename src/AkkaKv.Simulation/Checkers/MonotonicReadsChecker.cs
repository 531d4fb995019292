using AkkaKv.Simulation.Workload;

namespace AkkaKv.Simulation.Checkers;

/// <summary>
/// Promise 8, monotonic reads: what a session was shown, and was acknowledged to its writer, a later read of the session
/// shows too, or what covers it, where strict quorums meet. Else misses are counted: a value that no quorum holds yet may
/// be seen and then not.
/// </summary>
internal sealed class MonotonicReadsChecker : IRunChecker
{
    public string Promise => "with overlapping strict quorums a session's reads do not go back";

    public void Check(RunEvidence evidence, Action<string> broken)
    {
        foreach (List<Operation> timeline in evidence.Timelines())
        {
            var shown = new SortedSet<int>();
            foreach (Operation read in timeline)
            {
                if (read.Kind != OperationKind.Get)
                    continue;
                CheckRead(evidence, read, shown, broken);
                shown.UnionWith(read.Shown);
            }
        }
    }

    private static void CheckRead(RunEvidence evidence, Operation read, SortedSet<int> before, Action<string> broken)
    {
        bool missed = false;
        foreach (int number in before)
        {
            if (evidence.Knew(read, number) || evidence.History.Find(number) is not { } write)
                continue;
            missed = true;
            if (evidence.MustMeet(read, write))
                broken($"{read} did not show {write}, nor what covers it, although its session had been shown it");
        }

        evidence.SessionMisses += missed ? 1 : 0;
    }
}
