using AkkaKv.Core.Kernel;
using AkkaKv.Core.Membership;
using Xunit.Abstractions;

namespace AkkaKv.Core.Tests.Membership;

public sealed class GossipTableTests(ITestOutputHelper output)
{
    [Fact]
    public void An_entry_only_moves_forward()
    {
        ulong seed = (ulong)Random.Shared.NextInt64();
        output.WriteLine($"seed {seed}");
        var random = new RandomSource(seed);
        GossipTable table = TableOf(5);
        for (int i = 0; i < 2_000; i++)
        {
            int member = random.Next(5);
            GossipEntry before = table[member];
            GossipNews news = table.Merge(new GossipEntry(before.Member, (ulong)random.Next(6), (ulong)random.Next(50)));
            (table[member].IsNewerThan(before) || table[member] == before).ShouldBeTrue();
            (news != GossipNews.None).ShouldBe(table[member] != before);
        }
    }

    [Fact]
    public void What_nobody_could_have_said_is_ignored()
    {
        GossipTable table = TableOf(3);
        uint other = table[1].Member;
        table.Merge(new GossipEntry(12345, 1, 1)).ShouldBe(GossipNews.None);
        table.Merge(new GossipEntry(other, 0, 7)).ShouldBe(GossipNews.None);
        table.Merge(new GossipEntry(other, 1, 0)).ShouldBe(GossipNews.None);
        table.Merge(new GossipEntry(other, ulong.MaxValue, 1)).ShouldBe(GossipNews.None);
        table.Merge(new GossipEntry(other, 1, ulong.MaxValue)).ShouldBe(GossipNews.None);
        table.Merge(new GossipEntry(table.Self.Member, GossipEntry.IncarnationMax, 5)).ShouldBe(GossipNews.OfSelf);
        table.Self.IsBelievable.ShouldBeTrue();
    }

    [Fact]
    public void News_of_an_earlier_process_makes_the_incarnation_larger()
    {
        GossipTable table = TableOf(3);
        table.Merge(table.Self with { Counter = 5_000 }).ShouldBe(GossipNews.OfSelf);
        table.Self.Incarnation.ShouldBe(2UL);
        table.Merge(table.Self).ShouldBe(GossipNews.None);
        table.Merge(table.Self with { Incarnation = 9 }).ShouldBe(GossipNews.OfSelf);
        table.Self.Incarnation.ShouldBe(10UL);
    }

    [Fact]
    public void An_answer_names_what_is_newer_and_nothing_else_while_all_fit()
    {
        GossipTable table = TableOf(4);
        table.Merge(table[1] with { Incarnation = 1, Counter = 10 });
        table.Merge(table[2] with { Incarnation = 1, Counter = 10 });
        GossipEntry[] digest = [table[0], table[1], table[2] with { Counter = 9 }, table[3], table[3], new(777, 1, 1)];
        table.Delta(digest).ShouldBe([table[2]]);
    }

    [Fact]
    public void Nobody_starves_and_new_incarnations_come_first_where_a_message_does_not_hold_all()
    {
        GossipTable table = TableOf(1_000);
        for (int i = 1; i < 1_000; i++)
            table.Merge(table[i] with { Incarnation = 1, Counter = 1 });

        // The first words of all are rare events too, until they have been told often enough.
        for (int i = 0; i < 500; i++)
            table.Digest();
        table.Merge(table[500] with { Incarnation = 2, Counter = 1 });
        var told = new HashSet<uint>();
        for (int round = 0; round < 60; round++)
        {
            // The same few are always the freshest.
            for (int i = 1; i < 200; i++)
                table.Merge(table[i] with { Counter = table[i].Counter + 1 });
            GossipEntry[] digest = table.Digest();
            digest.Sum(entry => entry.WireBytes).ShouldBeLessThanOrEqualTo(1_400 - GossipTable.HeaderBytes);
            digest.Select(entry => entry.Member).Distinct().Count().ShouldBe(digest.Length);
            digest[0].ShouldBe(table.Self);
            if (round < 10)
                digest[1].ShouldBe(table[500]);
            told.UnionWith(digest.Select(entry => entry.Member));
        }

        told.Count.ShouldBe(1_000);
    }

    [Fact]
    public void A_table_of_other_members_keeps_what_is_known_in_the_order_of_its_freshness()
    {
        GossipTable before = TableOf(6);
        foreach (int index in (int[])[3, 5, 1, 2])
            before.Merge(before[index] with { Incarnation = 4, Counter = (ulong)index });
        NodeId[] members = [new("node-0000"), new("node-0001"), new("node-0002"), new("node-0003"), new("other")];
        var after = new GossipTable(members, members[0], 1_400, before);
        after.Self.ShouldBe(before.Self);
        after[3].ShouldBe(before[3]);
        after[4].Incarnation.ShouldBe(0UL);
        after.Digest().Take(4).ShouldBe([before[0], before[2], before[1], before[3]]);
    }

    [Fact]
    public void What_was_told_or_heard_again_often_enough_makes_room()
    {
        GossipTable table = TableOf(1_000);
        for (int i = 1; i < 1_000; i++)
            table.Merge(table[i] with { Incarnation = 1, Counter = 1 });
        GossipEntry news = table[500] with { Counter = 2 };
        table.Merge(news);
        int told = 0;
        for (; told < 1_000 && table.Digest().Contains(news); told++)
        {
        }

        GossipEntry known = table[501] with { Counter = 2 };
        table.Merge(known);
        for (int i = 0; i < told; i++)
            table.Merge(known);
        table.Digest().ShouldNotContain(known);
        told.ShouldBeInRange(1, 10);
    }

    [Fact]
    public void The_newest_comes_first_and_so_news_passes_whatever_waits()
    {
        GossipTable table = TableOf(1_000);
        for (int i = 1; i < 1_000; i++)
            table.Merge(table[i] with { Incarnation = 1, Counter = 1 });
        for (int i = 1; i < 1_000; i++)
            table.Merge(table[i] with { Counter = 2 });
        table.Delta([table[999]])[..2].ShouldBe([table.Self, table[998]]);

        // Those were told once: what was not told yet comes before them, though it is older.
        table.Digest()[1].ShouldBe(table[999]);
        table.Digest()[1].Counter.ShouldBe(2UL);
        table.Digest()[1].ShouldNotBe(table[999]);
    }

    [Fact]
    public void Digests_ask_in_turn_about_all_who_are_doubted()
    {
        GossipTable table = TableOf(1_000);
        for (int i = 1; i < 1_000; i++)
            table.Merge(table[i] with { Incarnation = 1, Counter = 1 });
        int[] doubtful = [.. Enumerable.Range(100, 300)];
        table.Doubt(doubtful);
        var asked = new HashSet<uint>();
        for (int i = 0; i < 4; i++)
            asked.UnionWith(table.Digest().Select(entry => entry.Member));
        doubtful.ShouldAllBe(member => asked.Contains(table[member].Member));

        // An answer asks for nothing, so it tells the freshest instead.
        table.Delta([table.Self]).ShouldNotContain(table[100]);
    }

    [Fact]
    public void Two_names_with_one_hash_are_refused()
    {
        (NodeId first, NodeId second) = Collision();
        Should.Throw<InvariantException>(() => new GossipTable([first, second], first, 1_400)).Message.ShouldContain("rename one");
    }

    private static (NodeId First, NodeId Second) Collision()
    {
        var names = new Dictionary<uint, NodeId>();
        for (int i = 0; ; i++)
        {
            var node = new NodeId($"n{i}");
            if (!names.TryAdd(GossipEntry.HashOf(node), node))
                return (names[GossipEntry.HashOf(node)], node);
        }
    }

    private static GossipTable TableOf(int members)
    {
        NodeId[] nodes = [.. Enumerable.Range(0, members).Select(i => new NodeId($"node-{i:0000}"))];
        return new GossipTable(nodes, nodes[0], 1_400);
    }
}
