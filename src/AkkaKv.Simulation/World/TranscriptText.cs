using AkkaKv.Core.Coordination;
using AkkaKv.Core.Gateway;
using AkkaKv.Core.Kernel;
using AkkaKv.Core.Membership;
using AkkaKv.Core.Replica;
using AkkaKv.Core.Versions;
using AkkaKv.Simulation.Workload;

namespace AkkaKv.Simulation.World;

/// <summary>Messages in words, for people who read a transcript.</summary>
internal static class TranscriptText
{
    public static string Of(Message message) => message switch
    {
        GatewayGet get => $"get {get.Key.NameText} {Quorum(get.Options)}",
        GatewayPut put => $"put {put.Key.NameText} = value {PayloadCodec.OperationOf(put.Put.Value)}, {(put.Put.Context is null ? "no context" : "with context")}"
            + $"{(put.Put.LastWriteWins ? ", last write wins" : "")} {Quorum(put.Options)}",
        GatewayDelete delete => $"delete {delete.Key.NameText}, {(delete.Context is null ? "no context" : "with context")} {Quorum(delete.Options)}",
        GatewayForwardedPut put => $"forwarded put {Name(put.Key)} = {Value(put.Content)}, context {put.Context}, W {put.W} of {put.N}",
        ReplicaPut put => $"write {Name(put.Key)} = {Value(put.Content)}, context {put.Context}{(put.LastWriteWins ? ", last write wins" : "")}",
        ReplicaPutDone done => $"write {done.Outcome}, dot {done.Dot}: {Object(done.Object)}",
        ReplicaRead read => $"read {Name(read.Key)}",
        ReplicaReadDone done => $"read {done.Outcome}: {Object(done.Object)}",
        ReplicaMerge merge => $"merge {Name(merge.Key)}: {Object(merge.Object)}",
        ReplicaMergeDone done => $"merge {done.Outcome} at rank {done.Ticket}",
        StoreReadDone done => $"stored {done.Outcome}: {Object(done.Object)}",
        StoreWriteDone done => $"disk write {done.Outcome}",
        DotsReserved dots => $"dots {dots.Outcome} from {dots.First} of actor {dots.ActorId:x16}",
        GetDone done => done.Reply.Error is { } error
            ? $"read failed: {error.Slug}"
            : $"read shows [{string.Join(", ", done.Reply.Siblings.Select(sibling => sibling.Deleted ? "deleted" : "value " + PayloadCodec.OperationOf(sibling.Value)))}]",
        PutDone done => done.Reply.Error is { } error ? $"write failed: {error.Slug}, {error.Outcome}" : $"write acknowledged, dot {done.Reply.Tag}",
        PeerConnected peer => $"connected to {peer.Peer}",
        PeerDisconnected peer => $"lost {peer.Peer}",
        GossipDigest digest => $"gossip from {digest.From}: {digest.Entries.Count} heartbeats",
        GossipDelta delta => $"gossip answered by {delta.From}: {delta.Entries.Count} newer heartbeats",
        ReachabilityChanged changed => $"reachable: {string.Join(", ", changed.Snapshot.Reachable.Order())}",
        _ => message.GetType().Name,
    };

    private static string Quorum(AkkaKv.Api.RequestOptions options) => $"N {options.N} R {options.R} W {options.W} {options.Mode}";

    private static string Name(StoreKey key) => System.Text.Encoding.ASCII.GetString(key.Name.Span);

    private static string Value(ValueContent content) => content.IsTombstone ? "deleted" : $"value {PayloadCodec.OperationOf(content.Payload)}";

    private static string Object(ReadOnlyMemory<byte> bytes)
    {
        if (bytes.IsEmpty)
            return "nothing";
        if (!SiblingSetCodec.TryDecode(bytes, out SiblingSet set))
            return "damaged";
        var parts = new List<string>();
        foreach (VersionedValue value in set.Values)
            parts.Add($"{value.Dot} {Value(value.Content)}");
        return $"seen {set.Seen} holds [{string.Join("; ", parts)}]";
    }
}
