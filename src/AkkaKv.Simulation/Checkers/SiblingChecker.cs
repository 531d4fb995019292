using AkkaKv.Simulation.Workload;

namespace AkkaKv.Simulation.Checkers;

/// <summary>Promise 3: no read returns a value together with one that it replaces.</summary>
internal sealed class SiblingChecker : IRunChecker
{
    public string Promise => "no read returns a value together with one that it covers";

    public void Check(RunEvidence evidence, Action<string> broken)
    {
        foreach (Operation read in evidence.History.Operations)
        {
            foreach (int newer in read.Shown)
            {
                // What a last write wins replaced is known too coarsely to be held against a read.
                if (evidence.History.Find(newer) is not { IsLoose: false })
                    continue;
                foreach (int older in read.Shown)
                {
                    if (newer != older && IsFirmlyCovered(evidence, newer, older))
                        broken($"{read} showed {older} together with {newer}, whose writer had seen it");
                }
            }

            if (HasTwice(read.Shown))
                broken($"{read} showed one value twice");
        }
    }

    private static bool IsFirmlyCovered(RunEvidence evidence, int newer, int older) =>
        !evidence.Keys[evidence.History.Find(newer)!.Key.Index].IsLoose && evidence.Coverage.Covers(newer, older);

    private static bool HasTwice(List<int> shown)
    {
        for (int i = 0; i < shown.Count; i++)
        {
            if (shown.IndexOf(shown[i]) != i)
                return true;
        }

        return false;
    }
}
