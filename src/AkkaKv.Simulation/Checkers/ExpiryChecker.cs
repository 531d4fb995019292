using AkkaKv.Core.Versions;
using AkkaKv.Simulation.Workload;

namespace AkkaKv.Simulation.Checkers;

/// <summary>
/// Expiry is a fact of the version. No read shows a value past its expiry, by the clock of the node that answers at that
/// moment; none hides one before it; every replica holds the expiry that the client named.
/// </summary>
internal sealed class ExpiryChecker : IRunChecker
{
    public string Promise => "a value is shown until it expires and not after, and all replicas hold the same expiry";

    public void Check(RunEvidence evidence, Action<string> broken)
    {
        foreach (Operation read in evidence.History.Operations)
        {
            if (read.Kind != OperationKind.Get || read.Outcome != OperationOutcome.Ok)
                continue;
            CheckShown(evidence, read, broken);
            CheckHidden(evidence, read, broken);
        }

        for (int key = 0; key < evidence.Keys.Count; key++)
        {
            foreach (SiblingSet set in evidence.FinalObjects[key])
                CheckHeld(evidence, set, broken);
        }
    }

    private static void CheckShown(RunEvidence evidence, Operation read, Action<string> broken)
    {
        for (int i = 0; i < read.Shown.Count; i++)
        {
            if (evidence.History.Find(read.Shown[i]) is not { } write)
                continue;
            if (read.ShownExpiries[i] != write.ExpiresAtMillis)
                broken($"{read} showed {write} with the expiry {read.ShownExpiries[i]}");
            if (write.ExpiresAtMillis != 0 && write.ExpiresAtMillis <= read.AnsweredAtMillis)
                broken($"{read} showed {write}, which had expired: the clock of its node was {read.AnsweredAtMillis}");
        }
    }

    // Only of an acknowledged write it is known that nothing but what covers it may have taken it away.
    private static void CheckHidden(RunEvidence evidence, Operation read, Action<string> broken)
    {
        IReadOnlyList<int> hidden = evidence.Coverage.HiddenFrom(read);
        foreach (int candidate in hidden)
        {
            if (evidence.History.Find(candidate) is not { IsAcknowledgedWrite: true, ExpiresAtMillis: not 0 } write
                || write.ExpiresAtMillis <= read.AnsweredAtMillis || read.Shown.Contains(candidate))
                continue;
            if (!IsCovered(evidence, candidate, read.Shown) && !IsCovered(evidence, candidate, hidden)
                && !read.ShownDeletes.Exists(dot => evidence.Coverage.Covers(evidence.Dots.OperationOf(dot), candidate)))
                broken($"{read} hid {write} although its replicas told of it, and the clock of its node was {read.AnsweredAtMillis}");
        }
    }

    private static void CheckHeld(RunEvidence evidence, SiblingSet set, Action<string> broken)
    {
        foreach (VersionedValue value in set.Values)
        {
            if (!value.Content.IsTombstone && evidence.History.Find(PayloadCodec.OperationOf(value.Content.Payload)) is { } write
                && write.ExpiresAtMillis != value.Content.ExpiresAtMillis)
                broken($"a replica holds {write} with the expiry {value.Content.ExpiresAtMillis}");
        }
    }

    private static bool IsCovered(RunEvidence evidence, int older, IReadOnlyList<int> newer)
    {
        foreach (int candidate in newer)
        {
            if (evidence.Coverage.Covers(candidate, older))
                return true;
        }

        return false;
    }
}
