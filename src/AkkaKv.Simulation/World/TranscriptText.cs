using AkkaKv.Core.Agreement;
using AkkaKv.Core.Coordination;
using AkkaKv.Core.Gateway;
using AkkaKv.Core.Ids;
using AkkaKv.Core.Kernel;
using AkkaKv.Core.Membership;
using AkkaKv.Core.Replica;
using AkkaKv.Core.Ring;
using AkkaKv.Core.Topology;
using AkkaKv.Core.Versions;
using AkkaKv.Simulation.Checkers;
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
        RingChanged changed => $"ring {changed.Ring.Epoch} of {changed.Ring.MembersInOrder.Count}{(changed.Ring.Also is { } also ? $", also {also.MembersInOrder.Count}" : "")}",
        RingConfirmed confirmed => $"ring {confirmed.Epoch} confirmed by {confirmed.Sender}",
        RingAdoptedByAll adopted => $"ring {adopted.Epoch} adopted by all of the node",
        EpochEntered entered => $"entered epoch {entered.Configuration.Epoch}, {entered.Configuration.Phase}{(entered.AllEntered ? ", as have all" : "")}",
        EpochWorkTold told => "work: " + Work(told.Work),
        PeersWanted wanted => $"wants to be connected to {string.Join(", ", wanted.Others.Select(member => member.Node))}",
        TopologyDigest digest => $"epoch {digest.Epoch} known to {digest.ReplyTo.Node}",
        TopologyNews news => "news: " + ConfigurationText.Of(news.Configuration),
        TopologyPoll poll => $"poll of epoch {poll.Epoch}{(poll.AllEntered ? ", all entered" : "")}",
        TopologyStatus status => $"status of {status.From}: epoch {status.Epoch}, entered {status.EnteredEpoch}, work {Work(status.Work)}",
        TopologyStage stage => $"{(stage.IsTakenBack ? "take back" : "stage")} {stage.Change}",
        TopologyCommit commit => $"commit epoch {commit.Epoch}",
        TopologyAbort abort => $"abort{(abort.Dead.Count == 0 ? "" : $", {string.Join(", ", abort.Dead)} dead")}",
        IdsAsk ask => $"wants {ask.Count} ids",
        IdsTold { Refusal: { } refusal } => $"no ids: {refusal.Detail}",
        IdsTold told => $"ids: {string.Join(", ", told.Ranges.Select(range => $"{range.First} to {range.Last}"))}",
        FactWrite write => $"fact {write.Name}",
        AgreementDecided decided => $"decided {decided.Decision}",
        AgreementUndecided undecided => $"undecided {undecided.Decision}: {undecided.Reason}",
        AgreementPrepare prepare => $"prepare {prepare.Decision} {prepare.Ballot}",
        AgreementPromised promised => $"promise {promised.Decision} by {promised.From}: {promised.Outcome}",
        AgreementAccept accept => $"accept {accept.Decision} {accept.Ballot}",
        AgreementAccepted accepted => $"accepted {accepted.Decision} by {accepted.From}: {accepted.Outcome}",
        _ => message.GetType().Name,
    };

    private static string Quorum(AkkaKv.Api.RequestOptions options) => $"N {options.N} R {options.R} W {options.W} {options.Mode}";

    private static string Work(EpochWork work) =>
        $"of epoch {work.Epoch} {(work.IsDone ? "done" : $"{work.PartitionsDone} of {work.Partitions}")}{(work.Waiting == "" ? "" : ", waits: " + work.Waiting)}";

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
