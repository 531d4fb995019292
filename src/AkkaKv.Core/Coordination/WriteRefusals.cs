using AkkaKv.Api;
using AkkaKv.Core.Kernel;
using AkkaKv.Core.Replica;
using AkkaKv.Core.Versions;

namespace AkkaKv.Core.Coordination;

/// <summary>What a client is told when the replica that should make the dot of its write did not.</summary>
internal static class WriteRefusals
{
    public static KvError Of(ReplicaPutDone done, NodeId node) => done.Outcome switch
    {
        ReplicaOutcome.Busy => new KvError(
            KvErrorCode.Busy, $"Node {node} has as many writes under way as it may hold. Nothing was stored. Try again in a moment.", Retryable: true, Nodes: [node.Name]),
        ReplicaOutcome.BusyUnsure => new KvError(
            KvErrorCode.Busy,
            $"Node {node} has as many writes under way as it may hold. This one was refused, but a write of the key that came after it may carry it: it may still appear. Read the key before you write it again.",
            KvOutcome.Indeterminate,
            Nodes: [node.Name]),
        ReplicaOutcome.ReadOnly => new KvError(
            KvErrorCode.StoreReadOnly, $"The store of node {node} takes no writes. Nothing was stored. Ask another node; see /ready of this one.", Retryable: true, Nodes: [node.Name]),
        ReplicaOutcome.StoreFailed => new KvError(
            KvErrorCode.StoreReadOnly,
            $"The disk of node {node} failed while the write was being made durable. The write may appear after a restart. Ask another node; see /ready of this one.",
            KvOutcome.Indeterminate,
            Nodes: [node.Name]),
        ReplicaOutcome.Corrupt => new KvError(
            KvErrorCode.DataCorrupt, $"What node {node} holds of this key is damaged. Nothing was stored. Ask another node, and repair this one.", Nodes: [node.Name]),
        ReplicaOutcome.TooManySiblings => new KvError(
            KvErrorCode.TooManySiblings,
            $"The key holds {done.Siblings} concurrent values, as many as allowed. Nothing was stored. Read it, merge the values, and write the result with the context of that read."),
        ReplicaOutcome.TooManyActors => new KvError(
            KvErrorCode.TooManyActors,
            $"The key's version vector names {VersionVector.ActorsOfWritesMax} actors or more, as many as allowed, and a write at node {node} would add another. "
            + "Nothing was stored. Delete the key and write it again once it is forgotten, or use another key.",
            Nodes: [node.Name]),
        ReplicaOutcome.ContextAhead => new KvError(
            KvErrorCode.InvalidContext,
            $"The context names writes that node {node} never made: it comes from another cluster, or from before this node's data was restored. Read the key again and use that context."),
        ReplicaOutcome.OlderRing => new KvError(
            KvErrorCode.NotReady, $"A write was not begun: {WriteFailures.UnheardRing}. Nothing was stored. Try again in a moment.", Retryable: true, Nodes: [node.Name]),
        _ => throw new InvariantException($"A refusal has a reason; found {done.Outcome}"),
    };
}
