using AkkaKv.Core.Kernel;
using AkkaKv.Core.Replica;
using AkkaKv.Core.Tests.Harness;
using AkkaKv.Core.Versions;
using Xunit.Abstractions;

namespace AkkaKv.Core.Tests.Replica;

/// <summary>A replica's tree, on a node of its own, against a tree made from what its store holds.</summary>
public sealed class PartitionTreeTests(ITestOutputHelper output)
{
    private readonly TestWorld _world = new(nodes: 1, n: 1, partitions: 1);
    private ulong _ticket;
    private ulong _counter;

    private NodeId Node => _world.Nodes[0];

    private TestStore Store => _world.Stores[Node];

    private Address Replica => new(Node, ActorRole.Replica, 0);

    private static TreeShape Shape => TreeShape.Of(1, new TreeOptions().Leaves);

    [Fact]
    public void The_first_question_has_the_tree_rebuilt_and_a_later_one_is_answered()
    {
        Write(Enumerable.Range(0, 20));
        Ask().State.ShouldBe(TreeState.Rebuilding);
        _world.Advance(TimeSpan.FromSeconds(1));
        Ask().ShouldSatisfyAllConditions(told => told.State.ShouldBe(TreeState.Ready), told => told.Hashes.ShouldBe([Twin().Root]));
    }

    [Fact]
    public void Every_durable_write_is_in_the_tree_and_no_staged_one()
    {
        Build();
        Write([1, 2, 3]);
        Root().ShouldBe(Twin().Root);
        Store.Holds = true;
        ulong before = Root();
        Write([1, 4]);
        Write([1]);
        Root().ShouldBe(before);
        Release();
        Root().ShouldBe(Twin().Root);
        Root().ShouldNotBe(before);
    }

    [Fact]
    public void Writes_during_a_rebuild_are_counted_exactly_once()
    {
        ulong seed = (ulong)Random.Shared.NextInt64();
        output.WriteLine($"seed {seed}");
        var random = new RandomSource(seed);
        Write(Enumerable.Range(0, 40));
        Ask().State.ShouldBe(TreeState.Rebuilding);
        for (int i = 0; Ask().State == TreeState.Rebuilding; i++)
        {
            // Old keys and new ones, some held so that several writes of one key are under way.
            Store.Holds = random.Next(2) == 0;
            Write(Enumerable.Range(0, 3).Select(_ => random.Next(80)));
            if (random.Next(3) == 0)
                Release();
            _world.Advance(TimeSpan.FromMilliseconds(random.Next(3)));
            i.ShouldBeLessThan(1_000);
        }

        Release();
        Root().ShouldBe(Twin().Root);
        Write(Enumerable.Range(0, 80));
        Root().ShouldBe(Twin().Root);
    }

    [Fact]
    public void After_a_failed_write_the_tree_is_rebuilt()
    {
        Write([1, 2]);
        Build();
        Store.WriteOutcome = StoreOutcome.Failed;
        Write([1]);
        Store.WriteOutcome = StoreOutcome.Done;
        Ask().State.ShouldBe(TreeState.Rebuilding);
        _world.Advance(TimeSpan.FromSeconds(1));
        Root().ShouldBe(Twin().Root);
    }

    [Fact]
    public void A_failed_write_during_a_rebuild_begins_it_anew()
    {
        Write(Enumerable.Range(0, 20));
        Ask();
        Store.WriteOutcome = StoreOutcome.Failed;
        Write([1]);
        Store.WriteOutcome = StoreOutcome.Done;
        Build();
        Root().ShouldBe(Twin().Root);
    }

    [Fact]
    public void A_refused_write_changes_nothing()
    {
        Write([1]);
        Build();
        ulong before = Root();
        Store.WriteOutcome = StoreOutcome.Busy;
        Write([1, 2]);
        Root().ShouldBe(before);
    }

    [Fact]
    public void A_damaged_record_differs_from_every_healthy_one()
    {
        Write([1, 2]);
        ulong healthy = Twin().Root;
        Store.Damage(Key(1));
        Build();
        Root().ShouldNotBe(healthy);
        Keys([Shape.LeafOf(Key(1).Hash)]).ShouldContain(new KeyVersion(Key(1), VersionHash.Damaged));
    }

    [Fact]
    public void Keys_are_told_by_leaf_over_several_answers()
    {
        Write(Enumerable.Range(0, 300));
        var leaves = Enumerable.Range(0, 1024).ToList();
        KeyVersion[] expected = [.. Store.Objects.Where(entry => leaves.Contains(Shape.LeafOf(entry.Key.Hash))).Select(entry => new KeyVersion(entry.Key, VersionOf(entry.Object)))];
        expected.ShouldNotBeEmpty();
        Keys(leaves).ShouldBe(expected, ignoreOrder: true);
    }

    [Theory]
    [InlineData(64, 0, 0, TreeState.OtherShape)]
    [InlineData(32_768, 4, 0, TreeState.Refused)]
    [InlineData(32_768, -1, 0, TreeState.Refused)]
    [InlineData(32_768, 0, 1, TreeState.Refused)]
    [InlineData(32_768, 3, 1024, TreeState.Refused)]
    [InlineData(32_768, 3, -1, TreeState.Refused)]
    public void A_question_that_makes_no_sense_is_refused(int leaves, int level, int group, TreeState state)
    {
        Build();
        Ask(leaves, level, [group]).State.ShouldBe(state);
    }

    [Fact]
    public void One_asker_at_a_time_gets_keys_until_it_is_done_or_silent()
    {
        var first = new Address(Node, ActorRole.Caller, 500_000);
        AskKeys(first).State.ShouldBe(TreeState.Ready);
        AskKeys(first with { Number = 500_001 }).State.ShouldBe(TreeState.Busy);
        _world.Post(Replica, new TreeKeysEnd(first));
        AskKeys(first with { Number = 500_002 }).State.ShouldBe(TreeState.Ready);
        AskKeys(first with { Number = 500_003 }).State.ShouldBe(TreeState.Busy);
        _world.Advance(new TreeOptions().SeatTime);
        AskKeys(first with { Number = 500_004 }).State.ShouldBe(TreeState.Ready);
    }

    private TreeKeysTold AskKeys(Address asker)
    {
        _world.Post(Replica, new TreeKeysAsk(Shape.Leaves, [0], 0, 1, asker));
        _world.Run();
        return _world.Reply<TreeKeysTold>(asker.Number)!;
    }

    private static StoreKey Key(int number) => StoreKey.Of("b", System.Text.Encoding.ASCII.GetBytes($"k{number}"));

    private void Write(IEnumerable<int> keys)
    {
        foreach (int key in keys)
        {
            SiblingSet set = SiblingSet.Empty.Put(VersionVector.Empty, new Dot(42, ++_counter), new ValueContent("v"u8.ToArray(), null, 0));
            _world.Post(Replica, new ReplicaMerge(Key(key), SiblingSetCodec.Encode(set), 0, new Address(Node, ActorRole.Request, 1)));
        }

        _world.Run();
    }

    private void Release()
    {
        Store.Holds = false;
        Store.Release();
        _world.Run();
    }

    private void Build()
    {
        Ask();
        _world.Advance(TimeSpan.FromSeconds(1));
    }

    private ulong Root()
    {
        TreeNodesTold told = Ask();
        told.State.ShouldBe(TreeState.Ready);
        return told.Hashes[0];
    }

    private TreeNodesTold Ask() => Ask(Shape.Leaves, 0, [0]);

    private TreeNodesTold Ask(int leaves, int level, int[] groups)
    {
        ulong call = 700_000 + ++_ticket;
        _world.Post(Replica, new TreeNodesAsk(leaves, level, groups, _ticket, new Address(Node, ActorRole.Caller, call)));
        _world.Run();
        return _world.Reply<TreeNodesTold>(call)!;
    }

    private List<KeyVersion> Keys(IReadOnlyList<int> leaves)
    {
        var keys = new List<KeyVersion>();
        for (long cursor = 0; cursor >= 0;)
        {
            var asker = new Address(Node, ActorRole.Caller, 800_000);
            _world.Post(Replica, new TreeKeysAsk(Shape.Leaves, leaves, cursor, 1, asker));
            _world.Run();
            _world.Advance(TimeSpan.FromSeconds(1));
            TreeKeysTold told = _world.TakeReply<TreeKeysTold>(asker.Number);
            told.State.ShouldBe(TreeState.Ready);
            keys.AddRange(told.Keys);
            cursor = told.NextCursor;
        }

        return keys;
    }

    private MerkleTree Twin()
    {
        var tree = new MerkleTree(Shape);
        foreach ((StoreKey key, ReadOnlyMemory<byte> stored) in Store.Objects)
            tree.Change(key.Hash, VersionHash.Absent, VersionOf(stored));
        return tree;
    }

    private static ulong VersionOf(ReadOnlyMemory<byte> stored)
    {
        SiblingSetCodec.TryDecode(stored, out SiblingSet set).ShouldBeTrue();
        return VersionHash.Of(set);
    }
}
