using AkkaKv.Core.AntiEntropy;
using AkkaKv.Core.Kernel;
using AkkaKv.Core.Replica;
using AkkaKv.Core.Versions;

namespace AkkaKv.Core.Tests.AntiEntropy;

/// <summary>Comparisons on command of single pairs. Of the pairs' partitions the ring need know nothing.</summary>
public sealed class CompareRunTests
{
    private readonly ExchangeWorld _cluster = new(ExchangeWorld.OnCommand with { Window = new DailyWindow(new TimeOnly(12, 0), new TimeOnly(13, 0)) }, nodes: 3);

    private Address Caller => new(_cluster.Node(1), ActorRole.Caller, 700_000);

    private List<CompareTold> Told => [.. _cluster.World.Trace.Where(entry => entry.To.Role == ActorRole.Topology).Select(entry => entry.Message).OfType<CompareTold>()];

    // To nobody, so that any number of answers may come: they are read from the trace.
    private void Start(ulong run, bool isPushOnly, params ExchangePair[] pairs) =>
        _cluster.Tell(1, new CompareStart(run, pairs, isPushOnly, Caller with { Role = ActorRole.Topology }));

    private ExchangePair PairOf(int key, int peer) => new(_cluster.PartitionOf(key), _cluster.Node(peer));

    [Fact]
    public void Only_the_named_pairs_are_compared_whatever_the_window_says()
    {
        _cluster.Set(1, ExchangeWorld.SetOf(1, 1), 2);
        _cluster.Set(1, ExchangeWorld.SetOf(2, 1), 3);
        Start(5, isPushOnly: false, PairOf(1, 2));
        Told.ShouldHaveSingleItem().Left.ShouldBe(1);
        _cluster.World.Advance(TimeSpan.FromSeconds(10));
        Told[^1].Run.ShouldBe(5UL);
        Told[^1].Left.ShouldBe(0);
        Told[^1].Done.ShouldBe([PairOf(1, 2)]);
        _cluster.Content(1, 1).ShouldBe(ExchangeWorld.SetOf(1, 1).ToString());
    }

    [Fact]
    public void A_run_that_only_pushes_brings_the_peer_what_it_lacks_and_fetches_nothing()
    {
        _cluster.Set(1, ExchangeWorld.SetOf(1, 1), 1);
        _cluster.Set(1, ExchangeWorld.SetOf(2, 1), 2);
        int other = Enumerable.Range(2, 100).First(key => _cluster.PartitionOf(key) == _cluster.PartitionOf(1));
        _cluster.Set(other, ExchangeWorld.SetOf(3, 1), 2);
        Start(5, isPushOnly: true, PairOf(1, 2));
        _cluster.World.Advance(TimeSpan.FromSeconds(10));
        Told[^1].Left.ShouldBe(0);
        _cluster.Store(1).Writes.ShouldBe(0);
        SiblingSetCodec.TryDecode(_cluster.Store(2).Object(ExchangeWorld.Key(1)), out SiblingSet merged).ShouldBeTrue();
        merged.Count.ShouldBe(2);
    }

    [Fact]
    public void What_fails_is_tried_again_and_told()
    {
        _cluster.World.Loses = (_, _, message) => message is TreeNodesTold;
        Start(5, isPushOnly: false, PairOf(1, 2));
        _cluster.World.Advance(TimeSpan.FromMinutes(1));
        Told[^1].Left.ShouldBe(1);
        Told[^1].Waiting.ShouldContain("no answer from node-2");
        _cluster.World.Loses = (_, _, _) => false;
        _cluster.World.Advance(TimeSpan.FromMinutes(1));
        Told[^1].Left.ShouldBe(0);
    }

    [Fact]
    public void A_newer_run_replaces_one_and_the_exchanges_of_the_older_count_for_nothing()
    {
        _cluster.World.Loses = (_, to, message) => message is TreeNodesTold && to.Role == ActorRole.AntiEntropy;
        Start(5, isPushOnly: false, PairOf(1, 2));
        _cluster.World.Advance(TimeSpan.FromSeconds(1));
        Start(6, isPushOnly: false, PairOf(1, 3));
        _cluster.World.Loses = (_, _, _) => false;
        _cluster.World.Advance(TimeSpan.FromMinutes(2));
        Told.FindAll(told => told.Run == 5).ShouldAllBe(told => told.Left == 1);
        Told[^1].Run.ShouldBe(6UL);
        Told[^1].Left.ShouldBe(0);
        _cluster.World.Trace.Count(entry => entry.Message is TreeNodesAsk && entry.To.Node == _cluster.Node(2)).ShouldBe(1);
    }

    [Fact]
    public void A_run_without_pairs_is_over_at_once_and_the_same_run_twice_is_one()
    {
        Start(5, isPushOnly: false);
        Told.ShouldHaveSingleItem().Left.ShouldBe(0);
        Start(6, isPushOnly: false, PairOf(1, 2));
        Start(6, isPushOnly: false, PairOf(1, 2));
        _cluster.World.Advance(TimeSpan.FromSeconds(10));
        Told.Sum(told => told.Done.Count).ShouldBe(1);
    }

    [Fact]
    public void A_peer_that_cannot_be_reached_is_waited_for()
    {
        _cluster.World.Disconnect(_cluster.Node(1), _cluster.Node(2));
        Start(5, isPushOnly: false, PairOf(1, 2), PairOf(1, 3));
        _cluster.World.Advance(TimeSpan.FromMinutes(1));
        Told[^1].Left.ShouldBe(1);
        _cluster.World.Connect(_cluster.Node(1), _cluster.Node(2));
        _cluster.World.Advance(TimeSpan.FromMinutes(1));
        Told[^1].Left.ShouldBe(0);
    }
}
