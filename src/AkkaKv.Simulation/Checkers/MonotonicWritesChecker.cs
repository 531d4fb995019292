using AkkaKv.Core.Versions;
using AkkaKv.Simulation.Workload;

namespace AkkaKv.Simulation.Checkers;

/// <summary>
/// Promise 8, monotonic writes: a session that wrote twice, the second time with a context that stands for the first, has
/// replaced its first value for everyone: none is shown both, and no replica holds both.
/// </summary>
internal sealed class MonotonicWritesChecker : IRunChecker
{
    public string Promise => "with the context token a session's later write replaces its earlier one";

    public void Check(RunEvidence evidence, Action<string> broken)
    {
        foreach (Operation read in evidence.History.Operations)
        {
            if (read.Shown.Count > 1)
                CheckTogether(evidence, read.Shown, $"{read} showed", broken);
        }

        for (int key = 0; key < evidence.Keys.Count; key++)
        {
            foreach (SiblingSet set in evidence.FinalObjects[key])
                CheckTogether(evidence, evidence.OperationsIn(set), "a replica holds", broken);
        }
    }

    private static void CheckTogether(RunEvidence evidence, List<int> together, string who, Action<string> broken)
    {
        foreach (int number in together)
        {
            if (evidence.History.Find(number) is not { IsLoose: false, Key.IsLoose: false } later)
                continue;
            foreach (int other in together)
            {
                if (other != number && evidence.History.Find(other) is { } earlier && earlier.Session == later.Session
                    && evidence.Coverage.Covers(number, other))
                    broken($"{who} {later} together with {earlier}, which it replaces");
            }
        }
    }
}
