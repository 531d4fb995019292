using System.Collections.Frozen;
using AkkaKv.Core.AntiEntropy;
using AkkaKv.Core.Coordination;
using AkkaKv.Core.Gateway;
using AkkaKv.Core.Hints;
using AkkaKv.Core.Membership;
using AkkaKv.Core.Reaping;
using AkkaKv.Core.Replica;

namespace AkkaKv.Wire.Codec;

/// <summary>
/// Since which version of the protocol a kind of message is known. A kind of version 1 may gain fields, which an older
/// receiver passes over; its meaning without them must be what it was.
/// </summary>
internal static class KindVersions
{
    private static readonly FrozenSet<Type> Version1 = FrozenSet.Create<Type>(
        typeof(ReplicaRead),
        typeof(ReplicaReadDone),
        typeof(ReplicaMerge),
        typeof(ReplicaMergeDone),
        typeof(GatewayForwardedPut),
        typeof(PutDone),
        typeof(GatewayOffer),
        typeof(GatewayOfferAccepted),
        typeof(HintStore),
        typeof(HintRead),
        typeof(ReapCheck),
        typeof(ReapCheckDone),
        typeof(ReapForget),
        typeof(TreeNodesAsk),
        typeof(TreeNodesTold),
        typeof(TreeKeysAsk),
        typeof(TreeKeysTold),
        typeof(TreeKeysEnd),
        typeof(GossipDigest),
        typeof(GossipDelta));

    public static int Of(Type kind) => Version1.Contains(kind) ? 1 : 2;
}
