using AkkaKv.Simulation.Workload;

namespace AkkaKv.Simulation.Checkers;

/// <summary>
/// Promise 8, read your writes: with strict quorums that meet, a session's read shows what the session wrote before, or
/// what covers it. Where the quorums need not meet, misses are counted.
/// </summary>
internal sealed class ReadYourWritesChecker : IRunChecker
{
    public string Promise => "with overlapping strict quorums a session reads its own writes";

    public void Check(RunEvidence evidence, Action<string> broken)
    {
        foreach (List<Operation> timeline in evidence.Timelines())
        {
            for (int at = 0; at < timeline.Count; at++)
            {
                if (timeline[at].Kind == OperationKind.Get)
                    CheckRead(evidence, timeline, at, broken);
            }
        }
    }

    private static void CheckRead(RunEvidence evidence, List<Operation> timeline, int at, Action<string> broken)
    {
        Operation read = timeline[at];
        bool missed = false;
        for (int before = 0; before < at; before++)
        {
            Operation write = timeline[before];
            if (!write.IsWrite || evidence.Knew(read, write.Number))
                continue;
            missed = true;
            if (evidence.MustMeet(read, write))
                broken($"{read} did not show the session's own {write}, nor what covers it");
        }

        evidence.SessionMisses += missed ? 1 : 0;
    }
}
