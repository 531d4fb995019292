using AkkaKv.Core.Versions;

namespace AkkaKv.Simulation.Checkers;

/// <summary>Promise 6: after healing all replicas of every key agree. (Today it is reads that bring them together.)</summary>
internal sealed class ConvergenceChecker : IRunChecker
{
    public string Promise => "after healing all replicas of every key agree";

    public void Check(RunEvidence evidence, Action<string> broken)
    {
        for (int key = 0; key < evidence.Keys.Count; key++)
        {
            SiblingSet[] objects = evidence.FinalObjects[key];
            ReadOnlyMemory<byte> first = SiblingSetCodec.Encode(objects[0]);
            for (int rank = 1; rank < objects.Length; rank++)
            {
                if (!SiblingSetCodec.Encode(objects[rank]).Span.SequenceEqual(first.Span))
                    broken($"{evidence.Keys[key].Entry}: rank 0 holds {objects[0]}, rank {rank} holds {objects[rank]}");
            }
        }
    }
}
