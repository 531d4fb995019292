using AkkaKv.Api;
using AkkaKv.Core.Coordination;
using AkkaKv.Core.Gateway;
using AkkaKv.Core.Kernel;
using AkkaKv.Core.Replica;
using AkkaKv.Core.Tests.Harness;
using AkkaKv.Core.Versions;

namespace AkkaKv.Core.Tests.Replica;

/// <summary>What reaches a replica and does not fit: it is refused or kept whole, and never stops the node.</summary>
public sealed class ReplicaBoundsTests
{
    private static readonly EntryKey Key = EntryKey.FromText("b", "k");
    private static readonly StoreKey Stored = StoreKey.Of("b", "k"u8);
    private readonly TestWorld _world = new(nodes: 1, n: 1, gateway: new GatewayOptions
    {
        ContextSecret = "s"u8.ToArray(),
        Places = [],
        Quorum = new QuorumDefaults(1, 1, 1),
        Limits = new KvLimits(ValueBytesMax: 16 << 20),
    });

    private NodeId Node => _world.Nodes[0];

    private Address Replica => new(Node, ActorRole.Replica, (ulong)_world.Ring.PartitionOf(Stored));

    [Fact]
    public void Many_siblings_that_meet_in_a_merge_stay_readable()
    {
        Merge(SetOf(actor: 41, values: 3_000)).ShouldBe(ReplicaOutcome.Done);
        Merge(SetOf(actor: 42, values: 3_000)).ShouldBe(ReplicaOutcome.Done);
        GetReply read = _world.Get(Node, Key);
        read.Error.ShouldBeNull();
        read.Siblings.Count.ShouldBe(6_000);
        _world.Put(Node, Key, "resolved", read.Context).Siblings.ShouldBe(1);
    }

    [Fact]
    public void A_set_that_names_dots_which_this_store_will_still_make_refuses_writes_and_does_not_stop_the_node()
    {
        // The store's own actor is 1: so a peer says after this directory was restored from a backup.
        Merge(SetOf(actor: 1, values: 1).Put(VersionVector.Empty, new Dot(1, 1_000), new ValueContent("v"u8.ToArray(), null, 0)))
            .ShouldBe(ReplicaOutcome.Done);
        KvError error = _world.Put(Node, Key, "blind").Error!;
        error.Code.ShouldBe(KvErrorCode.DataCorrupt);
        error.Outcome.ShouldBe(KvOutcome.NotAttempted);
        GetReply read = _world.Get(Node, Key);
        read.Siblings.Count.ShouldBe(2);
        _world.Put(Node, Key, "with context", read.Context).Error!.Code.ShouldBe(KvErrorCode.DataCorrupt);
    }

    [Fact]
    public void Siblings_that_together_are_too_large_for_a_frame_are_refused_and_can_be_resolved()
    {
        string value = new('x', 16 << 20);
        int taken = 0;
        while (taken < 10 && _world.Put(Node, Key, value) is { Error: null })
            taken++;
        taken.ShouldBe(2);
        KvError error = _world.Put(Node, Key, value).Error!;
        error.Code.ShouldBe(KvErrorCode.TooManySiblings);
        error.Outcome.ShouldBe(KvOutcome.NotAttempted);
        _world.Put(Node, Key, value, _world.Get(Node, Key).Context).Siblings.ShouldBe(1);
    }

    private static SiblingSet SetOf(ulong actor, int values)
    {
        SiblingSet set = SiblingSet.Empty;
        for (int i = 1; i <= values; i++)
            set = set.Put(VersionVector.Empty, new Dot(actor, (ulong)i), new ValueContent("v"u8.ToArray(), null, 0));
        return set;
    }

    private ReplicaOutcome? Merge(SiblingSet set)
    {
        _world.Trace.Clear();
        _world.Post(Replica, new ReplicaMerge(Stored, SiblingSetCodec.Encode(set), 0, new Address(Node, ActorRole.Request, 12345)));
        _world.Run();
        return _world.Trace.Select(entry => entry.Message).OfType<ReplicaMergeDone>().LastOrDefault()?.Outcome;
    }
}
