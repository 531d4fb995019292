using AkkaKv.Simulation.Running;

namespace AkkaKv.Simulation.Checkers;

/// <summary>
/// Promise 10: once the cluster has healed, no node keeps hints, and none holds an object whose owner it is not under the
/// largest N that any request names for the key.
/// </summary>
internal sealed class StrayChecker : IRunChecker
{
    public string Promise => HealedCluster.NothingStrays;

    public void Check(RunEvidence evidence, Action<string> broken)
    {
        foreach (StrayObject stray in evidence.Strays)
            broken($"{stray.Node} holds {stray.Object} of key {(stray.Key < 0 ? "unknown" : evidence.Keys[stray.Key].Entry)}, which it does not own");
    }
}
