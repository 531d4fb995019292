using System.Collections.Frozen;
using AkkaKv.Core.Agreement;
using AkkaKv.Core.Coordination;
using AkkaKv.Core.Gateway;
using AkkaKv.Core.Hints;
using AkkaKv.Core.Ids;
using AkkaKv.Core.Kernel;
using AkkaKv.Core.Membership;
using AkkaKv.Core.Reaping;
using AkkaKv.Core.Replica;
using AkkaKv.Core.Ring;
using AkkaKv.Core.Transfer;
using AkkaKv.Core.Topology;

namespace AkkaKv.Wire.Codec;

/// <summary>
/// What an actor takes from other nodes. An actor that is sent what it has no use for stops its node: right for a mistake
/// of its own node, and nothing that a faulty or newer peer may bring about. So a host asks here before it delivers.
/// </summary>
/// <remarks>
/// A kind that crosses nodes stands in the list of each role that takes it; a request also in <see cref="AnswerOf"/>, and
/// what is about one key of one partition in <see cref="PartitionKeyOf"/>. Tests fail when one is missing.
/// </remarks>
public static class PeerKinds
{
    private static readonly FrozenDictionary<ActorRole, FrozenSet<Type>> Taken = new Dictionary<ActorRole, FrozenSet<Type>>
    {
        [ActorRole.Replica] = Kinds(typeof(ReplicaRead), typeof(ReplicaMerge), typeof(TreeNodesAsk), typeof(TreeKeysAsk), typeof(TreeKeysEnd)),
        [ActorRole.Request] = Kinds(
            typeof(ReplicaReadDone), typeof(ReplicaMergeDone), typeof(PutDone), typeof(GatewayOfferAccepted), typeof(AgreementPromised), typeof(AgreementAccepted)),
        [ActorRole.Gateway] = Kinds(typeof(GatewayForwardedPut), typeof(GatewayOffer)),
        [ActorRole.Hints] = Kinds(typeof(HintStore), typeof(HintRead), typeof(ReplicaMergeDone)),
        [ActorRole.AntiEntropy] = Kinds(typeof(TreeNodesTold), typeof(TreeKeysTold), typeof(ReplicaReadDone), typeof(ReplicaMergeDone)),
        [ActorRole.Membership] = Kinds(typeof(GossipDigest), typeof(GossipDelta)),
        [ActorRole.Agreement] = Kinds(typeof(AgreementPrepare), typeof(AgreementAccept)),
        [ActorRole.Transfer] = Kinds(typeof(TransferBatch)),
        [ActorRole.TransferSource] = Kinds(typeof(TransferPull)),
        [ActorRole.Topology] = Kinds(typeof(TopologyDigest), typeof(TopologyNews), typeof(TopologyPoll), typeof(TopologyStatus)),
        [ActorRole.Reaper] = Kinds(typeof(ReapCheck), typeof(ReapCheckDone), typeof(ReapForget)),
        [ActorRole.Ids] = Kinds(typeof(IdsAsk), typeof(IdsTold)),
    }.ToFrozenDictionary();

    /// <summary>True when actors of the role take messages of the kind from peers.</summary>
    public static bool IsTaken(ActorRole role, Type kind) => Taken.TryGetValue(role, out FrozenSet<Type>? kinds) && kinds.Contains(kind);

    /// <summary>Why a message that came in must not be delivered; null when it may be.</summary>
    /// <param name="partitions">Of the ring.</param>
    public static string? RefusalOf(in Received received, int partitions)
    {
        Message message = received.Message;
        if (!IsTaken(received.Role, message.GetType()))
            return $"{RoleText(received.Role)} takes no {message.GetType().Name} from other nodes";

        // The answer goes where the peer says: so whoever is named there must take such answers too.
        if (AnswerOf(message) is { } answer && !IsTaken(answer.ReplyTo.Role, answer.Kind))
            return $"{RoleText(answer.ReplyTo.Role)} takes no {answer.Kind.Name}, the answer to {message.GetType().Name}";
        if (PartitionKeyOf(message) is { } key && (ulong)new Token(key.Hash).PartitionIn(partitions) != received.Number)
            return $"{message.GetType().Name} is for another partition than its key's";
        return null;
    }

    /// <summary>For a request: where its answer goes, and the answer's kind.</summary>
    internal static (Address ReplyTo, Type Kind)? AnswerOf(Message message) => message switch
    {
        ReplicaRead read => (read.ReplyTo, typeof(ReplicaReadDone)),
        ReplicaMerge merge => (merge.ReplyTo, typeof(ReplicaMergeDone)),
        GatewayForwardedPut put => (put.ReplyTo, typeof(PutDone)),
        GatewayOffer offer => (offer.ReplyTo, typeof(GatewayOfferAccepted)),
        HintStore store => (store.ReplyTo, typeof(ReplicaMergeDone)),
        HintRead read => (read.ReplyTo, typeof(ReplicaReadDone)),
        TreeNodesAsk ask => (ask.ReplyTo, typeof(TreeNodesTold)),
        TreeKeysAsk ask => (ask.ReplyTo, typeof(TreeKeysTold)),
        TransferPull pull => (pull.ReplyTo, typeof(TransferBatch)),
        ReapCheck check => (check.ReplyTo, typeof(ReapCheckDone)),
        IdsAsk ask => (ask.ReplyTo, typeof(IdsTold)),
        AgreementPrepare prepare => (prepare.ReplyTo, typeof(AgreementPromised)),
        AgreementAccept accept => (accept.ReplyTo, typeof(AgreementAccepted)),
        TopologyDigest digest => (digest.ReplyTo, typeof(TopologyNews)),
        TopologyPoll poll => (poll.ReplyTo, typeof(TopologyStatus)),
        _ => null,
    };

    /// <summary>For what goes to one partition's actor: the key, whose partition must be that one.</summary>
    internal static StoreKey? PartitionKeyOf(Message message) => message switch
    {
        ReplicaRead read => read.Key,
        ReplicaMerge merge => merge.Key,
        HintStore store => store.Key,
        HintRead read => read.Key,
        ReapForget forget => forget.Key.Key,
        _ => null,
    };

    private static FrozenSet<Type> Kinds(params ReadOnlySpan<Type> kinds) => FrozenSet.Create(kinds);

    private static string RoleText(ActorRole role) => Enum.IsDefined(role) ? role.ToString() : $"role {(byte)role}";
}
