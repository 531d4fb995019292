using AkkaKv.Api;
using AkkaKv.Core.Coordination;
using AkkaKv.Core.Gateway;
using AkkaKv.Core.Kernel;
using AkkaKv.Core.Versions;
using System.Text;

namespace AkkaKv.Wire.Codec;

/// <summary>The gateway's messages that cross nodes: a write that was sent on, and its answer.</summary>
internal static class GatewayParts
{
    private const int ReplicasMax = 15;
    private const int TimeLeftMillisMax = 60_000;
    private const int TagCharsMax = 255;
    private const int TextCharsMax = 64 * 1024;

    private static readonly Dictionary<string, KvErrorCode> CodesBySlug =
        Enum.GetValues<KvErrorCode>().ToDictionary(code => new KvError(code, "").Slug, StringComparer.Ordinal);

    public static V1.GatewayForwardedPut ToProto(GatewayForwardedPut put, NodeId sender)
    {
        var proto = new V1.GatewayForwardedPut
        {
            Key = Parts.Opaque(put.Key.Bytes),
            Content = ToProto(put.Content),
            LastWriteWins = put.LastWriteWins,
            N = (uint)put.N,
            R = (uint)put.R,
            W = (uint)put.W,
            Strict = put.Strict,

            // A deadline that passed while the message waited here is no fault of the protocol's.
            TimeLeftMillis = (uint)Math.Clamp(put.TimeLeftMillis, 0, TimeLeftMillisMax),
            Ticket = put.Ticket,
            ReplyTo = Parts.ToProto(put.ReplyTo, sender),
            Epoch = put.Epoch,
        };
        Parts.AddVector(put.Context, proto.Context);
        return proto;
    }

    public static GatewayForwardedPut FromProto(V1.GatewayForwardedPut put, NodeId sender)
    {
        Parts.Require(put.Content is not null, "a write brings content", "none");
        return new GatewayForwardedPut(
            Parts.KeyOf(put.Key),
            Parts.VectorOf(put.Context),
            FromProto(put.Content),
            put.LastWriteWins,
            Parts.IntOf(put.N, 1, ReplicasMax, "N is 1 to 15"),
            Parts.IntOf(put.R, 0, ReplicasMax, "R is at most 15"),
            Parts.IntOf(put.W, 1, ReplicasMax, "W is 1 to 15"),
            put.Strict,
            Parts.IntOf(put.TimeLeftMillis, 0, TimeLeftMillisMax, "a request has at most 60000 milliseconds left"),
            put.Ticket,
            Parts.FromProto(put.ReplyTo, sender),
            Parts.EpochOf(put.Epoch));
    }

    public static V1.GatewayOffer ToProto(GatewayOffer offer, NodeId sender) =>
        new() { Ticket = offer.Ticket, ReplyTo = Parts.ToProto(offer.ReplyTo, sender) };

    public static GatewayOffer FromProto(V1.GatewayOffer offer, NodeId sender) =>
        new(offer.Ticket, Parts.FromProto(offer.ReplyTo, sender));

    public static V1.GatewayOfferAccepted ToProto(GatewayOfferAccepted accepted) => new() { Ticket = accepted.Ticket };

    public static GatewayOfferAccepted FromProto(V1.GatewayOfferAccepted accepted) => new(accepted.Ticket);

    public static V1.PutDone ToProto(PutDone done)
    {
        PutReply reply = done.Reply;
        var proto = new V1.PutDone { Siblings = (uint)reply.Siblings, Ticket = done.Ticket, NewerEpoch = done.NewerEpoch };
        if (reply.Tag is not null)
            proto.Tag = reply.Tag;
        if (reply.Context is not null)
            proto.Context = Parts.Opaque(reply.Context.Token);
        if (reply.Quorum is not null)
            proto.Quorum = ToProto(reply.Quorum);
        if (reply.Error is not null)
            proto.Error = ToProto(reply.Error);
        return proto;
    }

    public static PutDone FromProto(V1.PutDone done)
    {
        Parts.Require(
            done.Context.Length <= CausalContext.TokenBytesMax, "a context token has at most 18451 bytes", done.Context.Length);
        return new PutDone(new PutReply(
            done.HasTag ? Parts.TextOf(done.Tag, TagCharsMax, "a tag has at most 255 characters") : null,
            done.HasContext ? new CausalContext(done.Context.Memory) : null,
            Parts.IntOf(done.Siblings, 0, int.MaxValue, "siblings are counted in 31 bits"),
            done.Quorum is null ? null : FromProto(done.Quorum),
            done.Error is null ? null : FromProto(done.Error)), done.Ticket, Parts.EpochOf(done.NewerEpoch));
    }

    private static V1.Content ToProto(ValueContent content)
    {
        var proto = new V1.Content
        {
            Payload = Parts.Opaque(content.Payload),
            WrittenAtMillis = content.WrittenAtMillis,
            ExpiresAtMillis = content.ExpiresAtMillis,
            IsTombstone = content.IsTombstone,
        };
        if (content.ContentType is not null)
            proto.ContentType = content.ContentType;
        return proto;
    }

    private static ValueContent FromProto(V1.Content content)
    {
        Parts.Require(
            !content.HasContentType || Encoding.UTF8.GetByteCount(content.ContentType) <= SiblingSetCodec.ContentTypeBytesMax,
            "a content type has at most 255 bytes",
            content.ContentType.Length);
        var value = new ValueContent(
            content.Payload.Memory,
            content.HasContentType ? content.ContentType : null,
            content.WrittenAtMillis,
            content.ExpiresAtMillis,
            content.IsTombstone);
        Parts.Require(value.HasCalendarTimes, "times lie in the years 1 to 9999", (content.WrittenAtMillis, content.ExpiresAtMillis));
        return value;
    }

    private static V1.Quorum ToProto(QuorumReport quorum) => new()
    {
        N = (uint)quorum.N,
        Needed = (uint)quorum.Needed,
        Got = (uint)quorum.Got,
        Overlapping = quorum.Overlapping,
        Coordinator = quorum.Coordinator,
    };

    private static QuorumReport FromProto(V1.Quorum quorum) => new(
        Parts.IntOf(quorum.N, 0, ReplicasMax, "N is at most 15"),
        Parts.IntOf(quorum.Needed, 0, ReplicasMax, "a quorum needs at most 15"),
        Parts.IntOf(quorum.Got, 0, ReplicasMax, "a quorum got at most 15"),
        quorum.Overlapping,
        Parts.TextOf(quorum.Coordinator, TextCharsMax, "a coordinator's name is short"));

    private static V1.Error ToProto(KvError error)
    {
        var proto = new V1.Error
        {
            Code = error.Slug,
            Detail = error.Detail,
            Indeterminate = error.Outcome == KvOutcome.Indeterminate,
            Retryable = error.Retryable,
            NamesNodes = error.Nodes is not null,
        };
        if (error.Needed is not null)
            proto.Needed = (uint)error.Needed.Value;
        if (error.Got is not null)
            proto.Got = (uint)error.Got.Value;
        if (error.Nodes is not null)
            proto.Nodes.AddRange(error.Nodes);
        return proto;
    }

    private static KvError FromProto(V1.Error error)
    {
        Parts.Require(error.Nodes.Count <= 1024, "an error names at most 1024 nodes", error.Nodes.Count);

        // A code of a newer release must not cost the connection: what the reply says besides it still holds.
        KvErrorCode code = CodesBySlug.GetValueOrDefault(error.Code, KvErrorCode.NotReady);
        return new KvError(
            code,
            Parts.TextOf(error.Detail, TextCharsMax, "an error's detail is short"),
            error.Indeterminate ? KvOutcome.Indeterminate : KvOutcome.NotAttempted,
            error.Retryable,
            error.HasNeeded ? Parts.IntOf(error.Needed, 0, ReplicasMax, "a quorum needs at most 15") : null,
            error.HasGot ? Parts.IntOf(error.Got, 0, ReplicasMax, "a quorum got at most 15") : null,
            error.NamesNodes ? error.Nodes.ToArray() : null);
    }
}
