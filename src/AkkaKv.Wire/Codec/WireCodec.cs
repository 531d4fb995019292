using System.Buffers;
using AkkaKv.Core.Agreement;
using AkkaKv.Core.Coordination;
using AkkaKv.Core.Gateway;
using AkkaKv.Core.Hints;
using AkkaKv.Core.Ids;
using AkkaKv.Core.Kernel;
using AkkaKv.Core.Membership;
using AkkaKv.Core.Reaping;
using AkkaKv.Core.Replica;
using AkkaKv.Core.Transfer;
using AkkaKv.Core.Topology;
using Google.Protobuf;

namespace AkkaKv.Wire.Codec;

/// <summary>The protocol's messages as protobuf envelopes (<c>Proto/messages.proto</c>). Stateless.</summary>
public sealed class WireCodec : IMessageCodec
{
    /// <summary>Objects larger than this travel apart, so that small requests do not wait behind them.</summary>
    public const int BulkObjectBytes = 64 * 1024;

    private static readonly HashSet<Type> Travelling =
    [
        typeof(ReplicaRead),
        typeof(ReplicaReadDone),
        typeof(ReplicaMerge),
        typeof(ReplicaMergeDone),
        typeof(GatewayForwardedPut),
        typeof(GatewayOffer),
        typeof(GatewayOfferAccepted),
        typeof(PutDone),
        typeof(HintStore),
        typeof(HintRead),
        typeof(GossipDigest),
        typeof(GossipDelta),
        typeof(ReapCheck),
        typeof(ReapCheckDone),
        typeof(ReapForget),
        typeof(TreeNodesAsk),
        typeof(TreeNodesTold),
        typeof(TreeKeysAsk),
        typeof(TreeKeysTold),
        typeof(TreeKeysEnd),
        typeof(TransferPull),
        typeof(TransferBatch),
        typeof(GossipDigest),
        typeof(TopologyDigest),
        typeof(TopologyNews),
        typeof(TopologyPoll),
        typeof(TopologyStatus),
        typeof(GossipDelta),
        typeof(AgreementPrepare),
        typeof(AgreementPromised),
        typeof(AgreementAccept),
        typeof(AgreementAccepted),
        typeof(IdsAsk),
        typeof(IdsTold),
    ];

    /// <summary>The one instance anyone needs.</summary>
    public static WireCodec Instance { get; } = new();

    /// <summary>
    /// By kind and size. Messages that bring an object may be bulk: each is the whole of its sender's say to that receiver,
    /// or a merge, which commutes; so splitting them breaks no order that the protocol needs. What is said about trees is
    /// bulk as a whole, and so are transfers: nobody waits for them.
    /// </summary>
    public MessageClass ClassOf(Message message) => message switch
    {
        ReplicaMerge merge => OfObject(merge.Object.Length),
        ReplicaReadDone done => OfObject(done.Object.Length),
        GatewayForwardedPut put => OfObject(put.Content.Payload.Length),
        HintStore store => OfObject(store.Object.Length),
        AgreementPromised promised => OfObject(promised.AcceptedValue.Length),
        AgreementAccept accept => OfObject(accept.Value.Length),
        AgreementPrepare or AgreementAccepted => MessageClass.Data,
        IdsAsk or IdsTold => MessageClass.Data,
        ReplicaRead or ReplicaMergeDone or PutDone => MessageClass.Data,
        GatewayOffer or GatewayOfferAccepted or HintRead or ReapCheck or ReapCheckDone or ReapForget => MessageClass.Data,
        TopologyNews => MessageClass.Bulk,
        TopologyDigest or TopologyPoll or TopologyStatus => MessageClass.Data,
        TreeNodesAsk or TreeNodesTold or TreeKeysAsk or TreeKeysTold or TreeKeysEnd => MessageClass.Bulk,
        TransferPull or TransferBatch => MessageClass.Bulk,
        _ => MessageClass.Control,
    };

    /// <inheritdoc/>
    public int VersionOf(Message message) => KindVersions.Of(message.GetType());

    /// <summary>True for a kind that may be sent to another node.</summary>
    public static bool CrossesNodes(Type kind) => Travelling.Contains(kind);

    /// <inheritdoc/>
    public void Encode(NodeId sender, ActorRole role, ulong number, Message message, IBufferWriter<byte> output)
    {
        var envelope = new V1.Envelope { Role = (uint)role, Number = number };
        SetBody(envelope, message, sender);
        int size = envelope.CalculateSize();
        envelope.WriteTo(output.GetSpan(size)[..size]);
        output.Advance(size);
    }

    /// <inheritdoc/>
    public bool TryDecode(NodeId sender, ReadOnlySpan<byte> body, out Received received)
    {
        V1.Envelope envelope;
        try
        {
            envelope = V1.Envelope.Parser.ParseFrom(body);
        }
        catch (InvalidProtocolBufferException cause)
        {
            throw new WireFormatException($"A message of {body.Length} bytes from {sender} does not parse.", cause);
        }

        Message? message = BodyOf(envelope, sender);
        received = message is null ? default : new Received(Parts.RoleOf(envelope.Role), envelope.Number, message);
        return message is not null;
    }

    /// <inheritdoc/>
    public string? RefusalOf(in Received received, int partitions) => PeerKinds.RefusalOf(received, partitions);

    private static MessageClass OfObject(int bytes) => bytes > BulkObjectBytes ? MessageClass.Bulk : MessageClass.Data;

    private static void SetBody(V1.Envelope envelope, Message message, NodeId sender)
    {
        switch (message)
        {
            case ReplicaRead read:
                envelope.ReplicaRead = ReplicaParts.ToProto(read, sender);
                break;
            case ReplicaReadDone done:
                envelope.ReplicaReadDone = ReplicaParts.ToProto(done);
                break;
            case ReplicaMerge merge:
                envelope.ReplicaMerge = ReplicaParts.ToProto(merge, sender);
                break;
            case ReplicaMergeDone done:
                envelope.ReplicaMergeDone = ReplicaParts.ToProto(done);
                break;
            case GatewayForwardedPut put:
                envelope.GatewayForwardedPut = GatewayParts.ToProto(put, sender);
                break;
            case PutDone done:
                envelope.PutDone = GatewayParts.ToProto(done);
                break;
            case GatewayOffer offer:
                envelope.GatewayOffer = GatewayParts.ToProto(offer, sender);
                break;
            case GatewayOfferAccepted accepted:
                envelope.GatewayOfferAccepted = GatewayParts.ToProto(accepted);
                break;
            case HintStore store:
                envelope.HintStore = HintParts.ToProto(store, sender);
                break;
            case HintRead read:
                envelope.HintRead = HintParts.ToProto(read, sender);
                break;
            case ReapCheck check:
                envelope.ReapCheck = ReapParts.ToProto(check, sender);
                break;
            case ReapCheckDone done:
                envelope.ReapCheckDone = ReapParts.ToProto(done);
                break;
            case ReapForget forget:
                envelope.ReapForget = ReapParts.ToProto(forget);
                break;
            case TreeNodesAsk ask:
                envelope.TreeNodesAsk = TreeParts.ToProto(ask, sender);
                break;
            case TreeNodesTold told:
                envelope.TreeNodesTold = TreeParts.ToProto(told);
                break;
            case TreeKeysAsk ask:
                envelope.TreeKeysAsk = TreeParts.ToProto(ask, sender);
                break;
            case TreeKeysTold told:
                envelope.TreeKeysTold = TreeParts.ToProto(told);
                break;
            case TreeKeysEnd end:
                envelope.TreeKeysEnd = TreeParts.ToProto(end, sender);
                break;
            case TransferPull pull:
                envelope.TransferPull = TransferParts.ToProto(pull, sender);
                break;
            case TransferBatch batch:
                envelope.TransferBatch = TransferParts.ToProto(batch);
                break;
            case GossipDigest digest:
                envelope.GossipDigest = MembershipParts.ToProto(digest, sender);
                break;
            case GossipDelta delta:
                envelope.GossipDelta = MembershipParts.ToProto(delta, sender);
                break;
            default:
                SetAgreementBody(envelope, message, sender);
                break;
        }
    }

    private static void SetAgreementBody(V1.Envelope envelope, Message message, NodeId sender)
    {
        switch (message)
        {
            case AgreementPrepare prepare:
                envelope.AgreementPrepare = AgreementParts.ToProto(prepare, sender);
                break;
            case AgreementPromised promised:
                envelope.AgreementPromised = AgreementParts.ToProto(promised, sender);
                break;
            case AgreementAccept accept:
                envelope.AgreementAccept = AgreementParts.ToProto(accept, sender);
                break;
            case AgreementAccepted accepted:
                envelope.AgreementAccepted = AgreementParts.ToProto(accepted, sender);
                break;
            case IdsAsk ask:
                envelope.IdsAsk = IdParts.ToProto(ask, sender);
                break;
            case IdsTold told:
                envelope.IdsTold = IdParts.ToProto(told);
                break;
            case TopologyDigest digest:
                envelope.TopologyDigest = TopologyParts.ToProto(digest, sender);
                break;
            case TopologyNews news:
                envelope.TopologyNews = TopologyParts.ToProto(news);
                break;
            case TopologyPoll poll:
                envelope.TopologyPoll = TopologyParts.ToProto(poll, sender);
                break;
            case TopologyStatus status:
                envelope.TopologyStatus = TopologyParts.ToProto(status, sender);
                break;
            default:
                throw new InvariantException($"a message to another node is of a kind that travels; found {message.GetType().Name}: add it to the codec");
        }
    }

    private static Message? BodyOf(V1.Envelope envelope, NodeId sender) => envelope.BodyCase switch
    {
        V1.Envelope.BodyOneofCase.ReplicaRead => ReplicaParts.FromProto(envelope.ReplicaRead, sender),
        V1.Envelope.BodyOneofCase.ReplicaReadDone => ReplicaParts.FromProto(envelope.ReplicaReadDone),
        V1.Envelope.BodyOneofCase.ReplicaMerge => ReplicaParts.FromProto(envelope.ReplicaMerge, sender),
        V1.Envelope.BodyOneofCase.ReplicaMergeDone => ReplicaParts.FromProto(envelope.ReplicaMergeDone),
        V1.Envelope.BodyOneofCase.GatewayForwardedPut => GatewayParts.FromProto(envelope.GatewayForwardedPut, sender),
        V1.Envelope.BodyOneofCase.PutDone => GatewayParts.FromProto(envelope.PutDone),
        V1.Envelope.BodyOneofCase.GatewayOffer => GatewayParts.FromProto(envelope.GatewayOffer, sender),
        V1.Envelope.BodyOneofCase.GatewayOfferAccepted => GatewayParts.FromProto(envelope.GatewayOfferAccepted),
        V1.Envelope.BodyOneofCase.HintStore => HintParts.FromProto(envelope.HintStore, sender),
        V1.Envelope.BodyOneofCase.HintRead => HintParts.FromProto(envelope.HintRead, sender),
        V1.Envelope.BodyOneofCase.ReapCheck => ReapParts.FromProto(envelope.ReapCheck, sender),
        V1.Envelope.BodyOneofCase.ReapCheckDone => ReapParts.FromProto(envelope.ReapCheckDone, sender),
        V1.Envelope.BodyOneofCase.ReapForget => ReapParts.FromProto(envelope.ReapForget),
        V1.Envelope.BodyOneofCase.TreeNodesAsk => TreeParts.FromProto(envelope.TreeNodesAsk, sender),
        V1.Envelope.BodyOneofCase.TreeNodesTold => TreeParts.FromProto(envelope.TreeNodesTold),
        V1.Envelope.BodyOneofCase.TreeKeysAsk => TreeParts.FromProto(envelope.TreeKeysAsk, sender),
        V1.Envelope.BodyOneofCase.TreeKeysTold => TreeParts.FromProto(envelope.TreeKeysTold),
        V1.Envelope.BodyOneofCase.TreeKeysEnd => TreeParts.FromProto(envelope.TreeKeysEnd, sender),
        V1.Envelope.BodyOneofCase.TransferPull => TransferParts.FromProto(envelope.TransferPull, sender),
        V1.Envelope.BodyOneofCase.TransferBatch => TransferParts.FromProto(envelope.TransferBatch),
        V1.Envelope.BodyOneofCase.GossipDigest => MembershipParts.FromProto(envelope.GossipDigest, sender),
        V1.Envelope.BodyOneofCase.GossipDelta => MembershipParts.FromProto(envelope.GossipDelta, sender),
        V1.Envelope.BodyOneofCase.AgreementPrepare => AgreementParts.FromProto(envelope.AgreementPrepare, sender),
        V1.Envelope.BodyOneofCase.AgreementPromised => AgreementParts.FromProto(envelope.AgreementPromised, sender),
        V1.Envelope.BodyOneofCase.AgreementAccept => AgreementParts.FromProto(envelope.AgreementAccept, sender),
        V1.Envelope.BodyOneofCase.AgreementAccepted => AgreementParts.FromProto(envelope.AgreementAccepted, sender),
        V1.Envelope.BodyOneofCase.IdsAsk => IdParts.FromProto(envelope.IdsAsk, sender),
        V1.Envelope.BodyOneofCase.IdsTold => IdParts.FromProto(envelope.IdsTold),
        V1.Envelope.BodyOneofCase.TopologyDigest => TopologyParts.FromProto(envelope.TopologyDigest, sender),
        V1.Envelope.BodyOneofCase.TopologyNews => TopologyParts.FromProto(envelope.TopologyNews),
        V1.Envelope.BodyOneofCase.TopologyPoll => TopologyParts.FromProto(envelope.TopologyPoll, sender),
        V1.Envelope.BodyOneofCase.TopologyStatus => TopologyParts.FromProto(envelope.TopologyStatus, sender),
        _ => null,
    };
}
