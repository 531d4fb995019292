using AkkaKv.Core.Kernel;
using AkkaKv.Core.Replica;
using AkkaKv.Core.Versions;
using Xunit.Abstractions;

namespace AkkaKv.Core.Tests.Replica;

public sealed class MerkleTreeTests(ITestOutputHelper output)
{
    [Theory]
    [InlineData(1, 262_144, 32_768, 4)]
    [InlineData(8, 262_144, 32_768, 4)]
    [InlineData(256, 262_144, 1_024, 3)]
    [InlineData(4_096, 262_144, 64, 3)]
    [InlineData(65_536, 262_144, 32, 2)]
    public void Leaves_are_shared_out_among_the_partitions(int partitions, int together, int leaves, int levels)
    {
        TreeShape shape = TreeShape.Of(partitions, together);
        shape.Leaves.ShouldBe(leaves);
        shape.Levels.ShouldBe(levels);
        shape.WidthOf(0).ShouldBe(1);
        shape.WidthOf(levels - 1).ShouldBe(leaves);
        for (int level = 0; level < levels; level++)
        {
            (shape.GroupsOf(level) * shape.GroupSizeOf(level)).ShouldBe(shape.WidthOf(level));
            shape.GroupSizeOf(level).ShouldBeInRange(1, TreeShape.FanOut);
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(8)]
    [InlineData(65_536)]
    public void A_leaf_is_the_range_of_the_hashes_that_it_has(int partitions)
    {
        TreeShape shape = TreeShape.Of(partitions, 262_144);
        foreach (int partition in new[] { 0, partitions / 2, partitions - 1 })
        {
            foreach (int leaf in new[] { 0, 1, shape.Leaves / 2, shape.Leaves - 1 })
            {
                foreach (ulong hash in new[] { shape.FirstHashOf(partition, leaf), shape.LastHashOf(partition, leaf) })
                {
                    shape.PartitionOf(hash).ShouldBe(partition);
                    shape.LeafOf(hash).ShouldBe(leaf);
                }
            }
        }

        shape.FirstHashOf(0, 0).ShouldBe(0UL);
        shape.LastHashOf(partitions - 1, shape.Leaves - 1).ShouldBe(ulong.MaxValue);
    }

    [Fact]
    public void A_tree_kept_by_changes_is_the_tree_made_from_what_is_left()
    {
        ulong seed = (ulong)Random.Shared.NextInt64();
        output.WriteLine($"seed {seed}");
        var random = new RandomSource(seed);
        TreeShape shape = TreeShape.Of(4, 4 * 1024);
        var kept = new MerkleTree(shape);
        var versions = new Dictionary<ulong, ulong>();
        ulong[] hashes = [.. Enumerable.Range(0, 500).Select(_ => random.NextUInt64() >> 2)];
        for (int i = 0; i < 5_000; i++)
        {
            ulong hash = hashes[random.Next(hashes.Length)];
            ulong after = random.Next(4) == 0 ? VersionHash.Absent : random.NextUInt64();
            kept.Change(hash, versions.GetValueOrDefault(hash), after);
            versions[hash] = after;
        }

        var made = new MerkleTree(shape);
        foreach ((ulong hash, ulong version) in versions)
            made.Change(hash, VersionHash.Absent, version);
        for (int level = 0; level < shape.Levels; level++)
        {
            for (int node = 0; node < shape.WidthOf(level); node++)
                kept.At(level, node).ShouldBe(made.At(level, node));
        }

        Enumerable.Range(0, shape.Leaves).Sum(kept.KeysAt).ShouldBe(versions.Values.Count(version => version != VersionHash.Absent));
    }

    [Fact]
    public void A_key_that_comes_and_goes_leaves_nothing()
    {
        var tree = new MerkleTree(TreeShape.Of(1, 1024));
        tree.Change(42, VersionHash.Absent, 7);
        tree.Root.ShouldNotBe(0UL);
        tree.Change(42, 7, 9);
        tree.Change(42, 9, VersionHash.Absent);
        tree.Root.ShouldBe(0UL);
    }

    [Fact]
    public void A_version_is_what_was_seen_and_what_is_held()
    {
        SiblingSet one = SiblingSet.Empty.Put(VersionVector.Empty, new Dot(1, 1), Content("a"));
        SiblingSet two = one.Put(VersionVector.Empty, new Dot(2, 1), Content("b"));
        SiblingSet resolved = one.Put(one.Seen, new Dot(2, 1), Content("b"));
        ulong[] versions = [VersionHash.Of(SiblingSet.Empty), VersionHash.Of(one), VersionHash.Of(two), VersionHash.Of(resolved)];
        versions.Distinct().Count().ShouldBe(4);
        versions[0].ShouldBe(VersionHash.Absent);
        versions.ShouldNotContain(VersionHash.Damaged);
        VersionHash.Of(one.Merge(two)).ShouldBe(VersionHash.Of(two.Merge(one)));
        SiblingSetCodec.TryDecode(SiblingSetCodec.Encode(two), out SiblingSet again).ShouldBeTrue();
        VersionHash.Of(again).ShouldBe(VersionHash.Of(two));
    }

    [Fact]
    public void The_memory_of_all_trees_together_stays_small()
    {
        foreach (int partitions in new[] { 8, 256, 4_096 })
            (partitions * MerkleTree.BytesOf(TreeShape.Of(partitions, new TreeOptions().Leaves))).ShouldBeLessThan(4_000_000);
    }

    private static ValueContent Content(string text) => new(System.Text.Encoding.UTF8.GetBytes(text), null, 0);
}
