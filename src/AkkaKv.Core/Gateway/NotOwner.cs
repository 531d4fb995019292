using AkkaKv.Api;
using AkkaKv.Core.Coordination;
using AkkaKv.Core.Kernel;

namespace AkkaKv.Core.Gateway;

/// <summary>The answer to a write that was passed on to a node that does not own its key.</summary>
internal static class NotOwner
{
    /// <param name="chosenBy">The epoch of the ring by which the node was chosen; 0 when unknown.</param>
    public static PutDone Of(RequestPlan plan, long chosenBy, NodeId self)
    {
        bool isOlder = chosenBy > 0 && chosenBy < plan.Epoch;
        string why = isOlder
            ? "The cluster's members have changed since it was planned: try again in a moment."
            : "The nodes' configurations differ: compare `cluster:members` on each of them.";
        var error = new KvError(
            KvErrorCode.NotReady,
            $"A write was passed on to {self}, whose ring does not name it an owner of the key (owners: {plan.Owners}). Nothing was stored. {why}",
            Retryable: isOlder,
            Nodes: [self.Name]);
        return new PutDone(PutReply.Failed(error), plan.ReplyTicket, isOlder ? plan.Epoch : 0);
    }
}
