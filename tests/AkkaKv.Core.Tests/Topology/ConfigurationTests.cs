using AkkaKv.Core.Kernel;
using AkkaKv.Core.Ring;
using AkkaKv.Core.Tests.Ring;
using AkkaKv.Core.Topology;
using Xunit.Abstractions;

namespace AkkaKv.Core.Tests.Topology;

public sealed class ConfigurationTests(ITestOutputHelper output)
{
    private static readonly ClusterConfiguration Settled = TopologyActor.FirstOf(Rings.Even(4, 64)) with { Epoch = 2, ClusterId = 77 };

    [Fact]
    public void A_configuration_comes_back_as_it_was_and_hostile_bytes_never_throw()
    {
        ulong seed = (ulong)Random.Shared.NextInt64();
        output.WriteLine($"seed {seed}");
        var random = new RandomSource(seed);
        foreach (ClusterConfiguration configuration in (ClusterConfiguration[])[Settled, Staged(Settled), Commit(Staged(Settled)), Leased(Settled), Leased(Commit(Staged(Settled)))])
        {
            byte[] bytes = ConfigurationCodec.Encode(configuration).ToArray();
            ConfigurationCodec.TryDecode(bytes, out ClusterConfiguration? back).ShouldBeTrue();
            ConfigurationRules.AreEqual(back!, configuration).ShouldBeTrue();
            for (int length = 0; length < bytes.Length; length++)
                ConfigurationCodec.TryDecode(bytes.AsMemory(0, length), out _).ShouldBeFalse();
            for (int i = 0; i < 5_000; i++)
            {
                byte[] spoiled = [.. bytes];
                spoiled[random.Next(spoiled.Length)] ^= (byte)(1 + random.Next(255));
                if (ConfigurationCodec.TryDecode(spoiled, out ClusterConfiguration? other))
                    ConfigurationCodec.Encode(other).ToArray().ShouldBe(spoiled, "one configuration has one encoding");
            }
        }
    }

    [Fact]
    public void What_is_out_of_its_bounds_is_not_sound()
    {
        ShouldBeUnsound(Settled with { Epoch = 0 }, "The epoch");
        ShouldBeUnsound(Settled with { RingEpoch = 3 }, "The ring's epoch");
        ShouldBeUnsound(Settled with { Members = [.. Settled.Members.Reverse()] }, "in the order of their names");
        ShouldBeUnsound(Settled with { Members = [.. Settled.Members, Rings.Member(new string('x', 256))] }, "at most 255 bytes");
        ShouldBeUnsound(Settled with { Next = Settled.Members }, "exactly while the members change");
        ShouldBeUnsound(Settled with { Gone = [Settled.Members[0].Node] }, "while nothing changes");
        ShouldBeUnsound(Settled with { Members = [] }, "1 to 1024 members");
        ShouldBeUnsound(Settled with { IsTakenBack = true }, "on the way back");
        ShouldBeUnsound(Settled with { Staged = [new StagedChange(ChangeKind.Join, new NodeId("x"), null)] }, "says what the member is to be");
    }

    [Theory]
    [InlineData("node-1", ChangeKind.Join, 1.0, "is a member already")]
    [InlineData("stranger", ChangeKind.Leave, 1.0, "is not a member")]
    [InlineData("node-1", ChangeKind.Replace, 1.0, "can't take the place")]
    [InlineData("node-1", ChangeKind.Weight, 0.01, "The weight of node-1")]
    [InlineData("node-1", ChangeKind.Weight, 1.0, "already")]
    [InlineData("new", ChangeKind.Join, double.NaN, "The weight of new")]
    public void What_can_not_be_staged_is_refused_in_words(string name, ChangeKind kind, double weight, string words)
    {
        var node = new NodeId(name);
        RingMember? member = kind switch
        {
            ChangeKind.Leave => null,
            ChangeKind.Replace => new RingMember(Settled.Members[2].Node),
            _ => new RingMember(node, weight),
        };
        ConfigurationStep step = ConfigurationSteps.Stage(Settled, new StagedChange(kind, node, member));
        step.Configuration.ShouldBeNull();
        step.Problem.ShouldContain(words);
    }

    [Fact]
    public void Changes_of_one_node_exclude_each_other_and_someone_stays()
    {
        ConfigurationSteps.Stage(Staged(Settled), new StagedChange(ChangeKind.Leave, new NodeId("new"), null)).Problem.ShouldContain("take that back first");
        StagedChange[] all = [.. Settled.Members.Select(member => new StagedChange(ChangeKind.Leave, member.Node, null))];
        StagedChanges.Apply(Settled.Members, all).Problems.ShouldHaveSingleItem().ShouldContain("At least one member must stay");
        StagedOutcome replaced = StagedChanges.Apply(Settled.Members, [new StagedChange(ChangeKind.Replace, new NodeId("node-0"), new RingMember(new NodeId("a")), IsDead: true)]);
        replaced.Problems.ShouldBeEmpty();
        replaced.Members.Select(member => member.Node.Name).ShouldBe(["a", "node-1", "node-2", "node-3"]);
        replaced.Gone.ShouldBe([new NodeId("node-0")]);
    }

    [Fact]
    public void Each_step_may_follow_and_no_phase_may_be_left_out()
    {
        ClusterConfiguration old = Commit(Staged(Settled));
        ClusterConfiguration read = ConfigurationSteps.Advance(old);
        ClusterConfiguration write = ConfigurationSteps.Advance(read);
        ClusterConfiguration end = ConfigurationSteps.Advance(write);
        ClusterConfiguration[] line = [Settled, Staged(Settled), old, read, write, end];
        for (int i = 1; i < line.Length; i++)
            ConfigurationRules.WhyNot(line[i - 1], line[i]).ShouldBeNull();
        end.Members.Count.ShouldBe(5);
        end.RingEpoch.ShouldBe(write.RingEpoch);

        ConfigurationRules.CanFollow(old, write with { Epoch = old.Epoch + 1, RingEpoch = old.Epoch + 1 }).ShouldBeFalse("reading new is left out");
        ConfigurationRules.CanFollow(read, end with { Epoch = read.Epoch + 1, RingEpoch = read.Epoch + 1 }).ShouldBeFalse("writing new is left out");
        ConfigurationRules.CanFollow(read, ConfigurationSteps.ClearAway(read, [])).ShouldBeFalse("reading old again is left out");
        ConfigurationRules.CanFollow(write, ConfigurationSteps.ClearAway(write, [])).ShouldBeFalse("no way back");
        ConfigurationRules.CanFollow(Settled, read with { Epoch = Settled.Epoch + 1, RingEpoch = Settled.Epoch + 1 }).ShouldBeFalse("nothing was staged");
        ConfigurationRules.CanFollow(Settled, Settled with { Epoch = 3, ClusterId = 78 }).ShouldBeFalse("another cluster");
        ConfigurationRules.CanFollow(Settled, Staged(Settled) with { Epoch = 9 }).ShouldBeFalse("an epoch is left out");
        ConfigurationRules.WhyNot(old, ConfigurationSteps.ClearAway(old, [])).ShouldBeNull();
        ClusterConfiguration back = ConfigurationSteps.Abort(read, [new NodeId("new")]).Configuration!;
        ConfigurationRules.WhyNot(read, back).ShouldBeNull();
        back.Everyone.Count.ShouldBe(4);
        ConfigurationRules.WhyNot(back, ConfigurationSteps.Advance(back)).ShouldBeNull();
        ClusterConfiguration cleared = ConfigurationSteps.Advance(back);
        cleared.Phase.ShouldBe(TopologyPhase.WriteNew);
        cleared.Ring.Members.ShouldBe(Settled.Members);
        ConfigurationRules.WhyNot(cleared, ConfigurationSteps.Advance(cleared)).ShouldBeNull();
        ConfigurationSteps.Advance(cleared).Members.ShouldBe(Settled.Members);
        ClusterConfiguration other = ConfigurationSteps.Reidentify(read, node => node == read.Members[0].Node ? 5UL : 0);
        ConfigurationRules.WhyNot(read, other).ShouldBeNull();
        other.RingEpoch.ShouldBe(read.RingEpoch);
    }

    [Fact]
    public void A_plan_says_what_moves_from_whom_and_the_least_that_must()
    {
        ClusterConfiguration staged = Staged(Settled);
        ChangePlan plan = ChangePlanning.Of(staged, _ => true).Plan!;
        RingSnapshot before = RingSnapshot.Of(staged.Ring);
        RingSnapshot after = RingSnapshot.Of(Rings.Even(4, 64).With(Rings.Member("new")));
        plan.Epoch.ShouldBe(staged.Epoch);
        plan.PartitionsMoved.ShouldBe(Rings.Moved(before, after));
        plan.PartitionsMin.ShouldBeLessThanOrEqualTo(plan.PartitionsMoved);
        plan.PartitionsMin.ShouldBeGreaterThanOrEqualTo(after.ReplicasOf(new NodeId("new")));
        plan.Moves.Sum(move => move.Partitions).ShouldBe(plan.PartitionsMoved);
        plan.After.Sum(load => load.Replicas).ShouldBe(64 * 3);
        plan.After.Average(load => load.Share).ShouldBe(1, 0.001);
        plan.Warnings.ShouldBeEmpty();
        ChangePlanning.Of(staged, node => node.Name != "new").Plan!.Warnings.ShouldHaveSingleItem().ShouldContain("Is it running?");

        ClusterConfiguration leaving = ConfigurationSteps.Stage(Settled, new StagedChange(ChangeKind.Leave, new NodeId("node-0"), null)).Configuration!;
        leaving = ConfigurationSteps.Stage(leaving, new StagedChange(ChangeKind.Leave, new NodeId("node-1"), null, IsDead: true)).Configuration!;
        ChangePlan leave = ChangePlanning.Of(leaving, node => node.Name != "node-0").Plan!;
        leave.Moves.ShouldAllBe(move => move.From != new NodeId("node-1"));
        leave.Warnings.Count.ShouldBe(2);
        leave.Warnings[0].ShouldContain("2 members for 3 replicas");
        leave.Warnings[1].ShouldContain("unless it is declared dead");
        ChangePlanning.Of(Settled, _ => true).Problem.ShouldContain("Nothing is staged");
    }

    [Fact]
    public void A_member_to_be_is_not_declared_dead_in_the_middle()
    {
        ClusterConfiguration leaving = Settled;
        foreach (string node in (string[])["node-0", "node-1"])
            leaving = ConfigurationSteps.Stage(leaving, new StagedChange(ChangeKind.Leave, new NodeId(node), null)).Configuration!;
        ClusterConfiguration changing = Commit(leaving);
        changing.Next!.Count.ShouldBe(2);
        var dead = new StagedChange(ChangeKind.Leave, new NodeId("node-2"), null, IsDead: true);
        ConfigurationSteps.Stage(changing, dead).Problem.ShouldContain("can't be declared dead in the middle");
        ConfigurationSteps.Stage(changing, dead with { Node = new NodeId("node-0") }).Configuration!.Gone.ShouldHaveSingleItem();
        ClusterConfiguration last = ConfigurationSteps.Advance(ConfigurationSteps.Advance(changing));
        ConfigurationSteps.Stage(last, dead).Problem.ShouldContain("start one of them again");

        ConfigurationSteps.Abort(changing, [dead.Node]).Configuration!.Gone.ShouldHaveSingleItem();
    }

    [Fact]
    public void What_was_written_without_leases_is_read_as_it_was()
    {
        // Bytes of version 1, as a release without leases wrote them.
        byte[] written = Convert.FromHexString("01024D000000000000001002010000020161000000000000F03F0000000005000000000000000162000000000000F03F000000000600000000000000000000");
        ConfigurationCodec.TryDecode(written, out ClusterConfiguration? read).ShouldBeTrue();
        read!.Epoch.ShouldBe(2);
        read.WorkEpoch.ShouldBe(2);
        read.Workers.ShouldBeNull();
        read.Members.Select(member => member.StoreId).ShouldBe([5UL, 6UL]);
        ConfigurationCodec.Encode(read).ToArray().ShouldBe(written);
        ConfigurationCodec.Encode(Leased(Settled)).Span[0].ShouldBe((byte)2);
    }

    private static ClusterConfiguration Leased(ClusterConfiguration before) =>
        ConfigurationSteps.Lease(before, new WorkerLeases(1_024, "41+5+5+12", 17, [new WorkerLease(0, new NodeId("a"), 5, 17, 900), new WorkerLease(3, new NodeId("b"), 6, 20, long.MaxValue)])).Configuration!;

    private static void ShouldBeUnsound(ClusterConfiguration configuration, string words)
    {
        string.Join(" ", ConfigurationRules.Problems(configuration)).ShouldContain(words);
        ConfigurationCodec.TryDecode(ConfigurationCodec.Encode(configuration), out _).ShouldBeFalse();
    }

    private static ClusterConfiguration Staged(ClusterConfiguration before) =>
        ConfigurationSteps.Stage(before, new StagedChange(ChangeKind.Join, new NodeId("new"), Rings.Member("new"))).Configuration!;

    private static ClusterConfiguration Commit(ClusterConfiguration before) => ConfigurationSteps.Commit(before).Configuration!;
}
