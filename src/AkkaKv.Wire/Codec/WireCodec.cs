using System.Buffers;
using AkkaKv.Core.Coordination;
using AkkaKv.Core.Gateway;
using AkkaKv.Core.Kernel;
using AkkaKv.Core.Membership;
using AkkaKv.Core.Replica;
using Google.Protobuf;

namespace AkkaKv.Wire.Codec;

/// <summary>The protocol's messages as protobuf envelopes (<c>Proto/messages.proto</c>). Stateless.</summary>
public sealed class WireCodec : IMessageCodec
{
    /// <summary>Objects larger than this travel apart, so that small requests do not wait behind them.</summary>
    public const int BulkObjectBytes = 64 * 1024;

    /// <summary>The one instance anyone needs.</summary>
    public static WireCodec Instance { get; } = new();

    /// <summary>
    /// By kind and size. Only messages that bring an object may be bulk: each is the whole of its sender's say to that
    /// receiver, or a merge, which commutes; so splitting them breaks no order that the protocol needs.
    /// </summary>
    public MessageClass ClassOf(Message message) => message switch
    {
        ReplicaMerge merge => OfObject(merge.Object.Length),
        ReplicaReadDone done => OfObject(done.Object.Length),
        GatewayForwardedPut put => OfObject(put.Content.Payload.Length),
        ReplicaRead or ReplicaMergeDone or PutDone => MessageClass.Data,
        _ => MessageClass.Control,
    };

    /// <summary>True for a kind that may be sent to another node.</summary>
    public static bool CrossesNodes(Type kind) =>
        kind == typeof(ReplicaRead) || kind == typeof(ReplicaReadDone) || kind == typeof(ReplicaMerge)
        || kind == typeof(ReplicaMergeDone) || kind == typeof(GatewayForwardedPut) || kind == typeof(PutDone)
        || kind == typeof(GossipDigest) || kind == typeof(GossipDelta);

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
            case GossipDigest digest:
                envelope.GossipDigest = MembershipParts.ToProto(digest, sender);
                break;
            case GossipDelta delta:
                envelope.GossipDelta = MembershipParts.ToProto(delta, sender);
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
        V1.Envelope.BodyOneofCase.GossipDigest => MembershipParts.FromProto(envelope.GossipDigest, sender),
        V1.Envelope.BodyOneofCase.GossipDelta => MembershipParts.FromProto(envelope.GossipDelta, sender),
        _ => null,
    };
}
