using System.Text;
using AkkaKv.Api;
using AkkaKv.Core.Agreement;
using AkkaKv.Core.AntiEntropy;
using AkkaKv.Core.Coordination;
using AkkaKv.Core.Gateway;
using AkkaKv.Core.Hints;
using AkkaKv.Core.Kernel;
using AkkaKv.Core.Membership;
using AkkaKv.Core.Reaping;
using AkkaKv.Core.Replica;
using AkkaKv.Core.Ring;
using AkkaKv.Core.Topology;
using AkkaKv.Core.Versions;

namespace AkkaKv.Core.Tests.Transcripts;

/// <summary>Says a message in words for people who do not know the code.</summary>
internal static class MessageWords
{
    /// <returns>Null for what adds nothing to a story.</returns>
    public static string? Of(Message message, Address to) => message switch
    {
        RingNewer newer => $"who knows a ring after {newer.OlderEpoch}? {newer.SeenAt} does",
        RingChanged changed when to.Role == ActorRole.Request => $"here is ring {changed.Ring.Epoch}",
        RingAdoptedByAll all => $"all of this node have adopted ring {all.Epoch}",
        TopologyCatchUp catchUp => $"ask {catchUp.From} how the members have changed",
        WriteHandBack back => back.IsElsewhere ? "nothing was done: find another owner" : "nothing was done: plan it anew",
        ReplicaReadDone { Outcome: ReplicaOutcome.OlderRing } => "I cannot: you have an older ring than mine",
        ReplicaPutDone { Outcome: ReplicaOutcome.OlderRing } => "not done: you have an older ring than mine",
        ReplicaMergeDone { Outcome: ReplicaOutcome.OlderRing } => "not done: you have an older ring than mine",
        GatewayGet get => $"read {get.Key}",
        GatewayPut put => $"write {put.Key} = {Text(put.Put.Value)}{(put.Put.Context is null ? ", having seen nothing" : ", with the context of a read")}",
        GatewayDelete delete => $"delete {delete.Key}{(delete.Context is null ? "" : ", with the context of a read")}",
        GatewayForwardedPut put => $"you own {put.Key}: write {Text(put.Content.Payload)}",
        GatewayOffer => "would you make a write?",
        GatewayOfferAccepted => "I would",
        RequestEnded => null,
        ReplicaRead => "what do you hold?",
        ReplicaReadDone done => done.Outcome == ReplicaOutcome.Done ? $"I hold {Set(done.Object)}" : $"I cannot: {done.Outcome}",
        ReplicaPut put => $"make this write: {Content(put.Content)}",
        ReplicaPutDone done => done.Outcome == ReplicaOutcome.Done ? $"durable here as {Dot(done.Dot)}; now {Set(done.Object)}" : $"not done: {done.Outcome}",
        ReplicaMerge merge => $"merge {Set(merge.Object)}",
        ReplicaMergeDone done => done.Outcome == ReplicaOutcome.Done ? "durable here" : $"not done: {done.Outcome}",
        ReapCheck check => $"dead here: {string.Join(", ", check.Keys.Select(key => key.Key))}; there, too?",
        ReapCheckDone done => string.Join(", ", done.Verdicts.Select(Verdict)),
        ReapForget forget => $"all agreed twice: forget {forget.Key.Key}",
        ReplicaForget => "forget it, if it is still the same",
        ReplicaForgetDone done => done.IsForgotten ? "forgotten" : "not forgotten: it is not the same",
        StoreRead => null,
        StoreReadDone => null,
        HintStore hint => $"keep {Set(hint.Object)} for {hint.Target}",
        HintRead => "what do you keep of it, for whomever?",
        HintsTold told => $"here waits {(told.Backlogs.Count == 0 ? "nothing" : string.Join(", ", told.Backlogs.Select(backlog => $"for {backlog.Target}: {backlog.Keys}")))}",
        StoreWrite { Space: StoreSpace.Hints } write => $"store {Hint(write.Object)}",
        StoreWrite write => $"store {Set(write.Object)}",
        StoreRemove => "forget it",
        StoreWriteDone done => done.Outcome == StoreOutcome.Done ? "synced" : $"not stored: {done.Outcome}",
        PutDone done => done.Reply.Error is { } error ? Failure(error) : $"done, {done.Reply.Quorum!.Got} of {done.Reply.Quorum.N} have it{Values(done.Reply.Siblings)}",
        GetDone done => done.Reply.Error is { } error ? Failure(error) : Found(done.Reply),
        PeerConnected here => $"there is a connection to {here.Peer}",
        PeerDisconnected gone => $"the connection to {gone.Peer} is gone",
        MembershipTold told => GossipWords.Of(told),
        ReachabilityChanged => null,
        FactWrite write => AgreementWords.Of(write),
        AgreementPrepare or AgreementPromised or AgreementAccept or AgreementAccepted or AgreementDecided or AgreementUndecided => AgreementWords.Of(message),
        RepairStart => "compare all that you own with the others",
        TreeNodesAsk ask => ask.Level == 0 ? "what is the root of your tree?" : $"what are the nodes of level {ask.Level} under {string.Join(", ", ask.Groups)}?",
        TreeNodesTold { State: TreeState.Rebuilding } => "I rebuild my tree; ask later",
        TreeNodesTold told => told.Hashes.Count == 1 ? $"the root {told.Hashes[0]:x16}" : $"{told.Hashes.Count} nodes, {told.Hashes.Count(hash => hash != 0)} of them not empty",
        TreeKeysAsk ask => $"which keys do you hold in leaf {string.Join(", ", ask.Of)}, and which versions of them?",
        TreeKeysTold told => told.Keys.Count == 0 ? "none" : string.Join(", ", told.Keys.Select(key => $"{key.Key} in version {key.Version:x16}")),
        TreeKeysEnd => "I am done with your keys",
        _ => null,
    };

    private static string Found(GetReply reply)
    {
        string context = reply.Context is null ? "never written" : "deleted";
        return reply.Found ? string.Join(" and ", reply.Siblings.Select(Sibling)) : $"nothing ({context})";
    }

    private static string Sibling(Sibling sibling) => sibling.Deleted ? "a delete" : Text(sibling.Value);

    private static string Failure(KvError error) =>
        $"failed: {error.Slug}, {(error.Outcome == KvOutcome.Indeterminate ? "the write may still appear" : "nothing was changed")}"
        + (error.Needed is null ? "" : $"; {error.Needed} were needed, {error.Got} there")
        + (error.Nodes is null ? "" : $"; missing {string.Join(", ", error.Nodes)}");

    private static string Verdict(ReapVerdict verdict) => verdict switch
    {
        ReapVerdict.Agreed => "dead, and nothing else of it is here",
        ReapVerdict.Differs => "I hold something else",
        ReapVerdict.Hinted => "I keep something of it for another",
        ReapVerdict.StillAlive => "not for long enough",
        _ => "I cannot tell",
    };

    private static string Values(int siblings) => siblings > 1 ? $"; {siblings} concurrent values" : "";

    private static string Content(ValueContent content) => content.IsTombstone ? "a delete" : Text(content.Payload);

    private static string Set(ReadOnlyMemory<byte> encoded)
    {
        SiblingSetCodec.TryDecode(encoded, out SiblingSet set).ShouldBeTrue();
        return set.Seen.IsEmpty ? "nothing" : string.Join(" | ", set.Values.ToArray().Select(value => $"{Content(value.Content)} ({Dot(value.Dot)})"));
    }

    private static string Hint(ReadOnlyMemory<byte> encoded)
    {
        HintCodec.TryDecode(encoded, out HintRecord record).ShouldBeTrue();
        return $"for {string.Join(" and ", record.Targets.ToArray().Select(target => target.Node))}: {Set(record.Object)}";
    }

    // In these worlds the store of node-K is actor K.
    private static string Dot(Dot dot) => $"write {dot.Counter} of node-{dot.Actor}";

    private static string Text(ReadOnlyMemory<byte> bytes) => $"\"{Encoding.UTF8.GetString(bytes.Span)}\"";
}
