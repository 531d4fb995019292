using AkkaKv.Core.Coordination;
using AkkaKv.Core.Versions;

namespace AkkaKv.Core.Tests.Coordination;

public sealed class TallyTests
{
    private static readonly SiblingSet Old = SiblingSet.Empty.Put(VersionVector.Empty, new Dot(1, 1), new ValueContent("old"u8.ToArray(), null, 0));
    private static readonly SiblingSet New = Old.Put(Old.Seen, new Dot(2, 1), new ValueContent("new"u8.ToArray(), null, 0));

    // Owners 0 1 2; the other ring has 1 2 and the new 3.
    private static WriteTally TwoGroups(int w = 2) => new(w, 3, 4, w, 0b1110);

    [Fact]
    public void A_write_to_two_rings_needs_the_quorum_of_each()
    {
        WriteTally tally = TwoGroups();
        for (int rank = 0; rank < 4; rank++)
            tally.AskOwner(rank);
        tally.Acknowledge(0);
        tally.Acknowledge(1);
        (tally.Got, tally.AlsoGot).ShouldBe((2, 1), "rank 1 is in both groups");
        tally.IsReached.ShouldBeFalse();
        (tally.Missing, tally.AlsoMissing).ShouldBe((0, 1));
        tally.Acknowledge(3);
        tally.IsReached.ShouldBeTrue();
        tally.IsComplete.ShouldBeFalse();
        tally.Acknowledge(2);
        tally.IsComplete.ShouldBeTrue();
    }

    [Fact]
    public void Two_nodes_of_both_rings_are_enough_for_both()
    {
        WriteTally tally = TwoGroups();
        tally.AskOwner(1);
        tally.AskOwner(2);
        tally.Acknowledge(1);
        tally.Acknowledge(2);
        tally.IsReached.ShouldBeTrue();
    }

    [Fact]
    public void A_stand_in_counts_for_whom_it_stands_in_in_each_group()
    {
        WriteTally tally = TwoGroups();
        tally.AskOwner(1);
        tally.Acknowledge(1);
        int standIn = tally.AskStandIn(2);
        tally.Acknowledge(standIn);
        tally.IsReached.ShouldBeTrue();

        tally = TwoGroups();
        tally.AskOwner(1);
        tally.Acknowledge(1);
        tally.Acknowledge(tally.AskStandIn(3));
        (tally.Got, tally.AlsoGot).ShouldBe((1, 2), "rank 3 is only in the second group");
        tally.IsReached.ShouldBeFalse();
    }

    [Fact]
    public void A_write_is_hopeless_when_one_of_its_rings_is()
    {
        WriteTally tally = TwoGroups();
        tally.GiveUp(3);
        tally.IsHopeless.ShouldBeFalse();
        tally.GiveUp(2);
        tally.IsHopeless.ShouldBeTrue("one of three is left of the second group, though two are of the first");
        tally.Failed.ShouldBe(1);
    }

    [Fact]
    public void One_group_never_looks_at_the_other()
    {
        var tally = new WriteTally(1, 2);
        tally.AskOwner(0);
        tally.Acknowledge(0);
        tally.IsReached.ShouldBeTrue();
        tally.IsHopeless.ShouldBeFalse();
        (tally.AlsoGot, tally.AlsoMissing).ShouldBe((0, 0));
    }

    [Fact]
    public void A_read_reaches_its_quorum_with_R_answers()
    {
        var tally = new ReadTally(2, 3);
        tally.Add(0, SiblingSetCodec.Encode(Old));
        tally.IsReached.ShouldBeFalse();
        tally.Add(0, SiblingSetCodec.Encode(Old));
        tally.IsReached.ShouldBeFalse("a duplicate does not count");
        tally.Add(2, SiblingSetCodec.Encode(New));
        tally.IsReached.ShouldBeTrue();
    }

    [Theory]
    [InlineData(0, 1)]
    [InlineData(1, 0)]
    public void Whoever_lacks_something_is_behind_whatever_the_order(int oldRank, int newRank)
    {
        var tally = new ReadTally(2, 3);
        for (int rank = 0; rank < 2; rank++)
            tally.Add(rank, SiblingSetCodec.Encode(rank == oldRank ? Old : New));
        tally.Add(2, default);
        tally.IsBehind(oldRank).ShouldBeTrue();
        tally.IsBehind(newRank).ShouldBeFalse();
        tally.IsBehind(2).ShouldBeTrue("an empty replica lacks everything");
        tally.Merged.Count.ShouldBe(1);
    }

    [Fact]
    public void A_replica_that_failed_is_never_behind()
    {
        var tally = new ReadTally(1, 2);
        tally.Add(0, SiblingSetCodec.Encode(New));
        tally.Fail(1);
        tally.IsBehind(1).ShouldBeFalse();
    }

    [Fact]
    public void A_fallback_counts_but_an_owner_must_be_among_the_answers()
    {
        var tally = new ReadTally(2, 2);
        tally.Add(tally.AskFallback(), default);
        tally.Add(tally.AskFallback(), default);
        tally.Got.ShouldBe(2);
        tally.IsReached.ShouldBeFalse("nobody that answered knows whether the key exists");
        tally.Add(1, SiblingSetCodec.Encode(New));
        tally.IsReached.ShouldBeTrue();
        tally.Merged.Count.ShouldBe(1);
    }

    [Fact]
    public void A_fallback_that_keeps_nothing_makes_no_difference_and_is_not_repaired()
    {
        var tally = new ReadTally(2, 2);
        tally.Add(0, SiblingSetCodec.Encode(New));
        tally.Add(tally.AskFallback(), default);
        tally.SawDifference.ShouldBeFalse();
        tally.IsBehind(0).ShouldBeFalse();
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void An_owner_that_lacks_what_a_fallback_keeps_is_behind(bool ownerFirst)
    {
        var tally = new ReadTally(2, 2);
        int fallback = tally.AskFallback();
        if (ownerFirst)
            tally.Add(0, SiblingSetCodec.Encode(Old));
        tally.Add(fallback, SiblingSetCodec.Encode(New));
        if (!ownerFirst)
            tally.Add(0, SiblingSetCodec.Encode(Old));
        tally.IsBehind(0).ShouldBeTrue();
        System.Text.Encoding.UTF8.GetString(tally.Merged.Values[0].Content.Payload.Span).ShouldBe("new");
    }

    [Fact]
    public void An_answer_to_nothing_that_was_asked_is_known_for_one()
    {
        var tally = new ReadTally(2, 2);
        tally.IsOpen(1).ShouldBeTrue();
        tally.IsOpen(2).ShouldBeFalse();
        tally.IsOpen(ulong.MaxValue).ShouldBeFalse();
        tally.Add(1, default);
        tally.IsOpen(1).ShouldBeFalse();
    }

    [Fact]
    public void Bytes_that_do_not_decode_are_a_damaged_replica()
    {
        var tally = new ReadTally(1, 1);
        tally.Add(0, new byte[] { 9, 9 });
        tally.Got.ShouldBe(0);
        tally.SawCorruption.ShouldBeTrue();
    }

    [Fact]
    public void A_write_counts_each_replica_once()
    {
        WriteTally tally = Asked(2, 3);
        tally.Acknowledge(1);
        tally.Acknowledge(1);
        tally.Fail(1).ShouldBeFalse();
        tally.Got.ShouldBe(1);
        tally.Fail(0).ShouldBeTrue();
        tally.GiveUp(0);
        tally.IsHopeless.ShouldBeFalse();
        tally.Fail(2).ShouldBeTrue();
        tally.GiveUp(2);
        tally.IsHopeless.ShouldBeTrue();
        tally.IsComplete.ShouldBeTrue();
    }

    [Fact]
    public void An_owner_and_whoever_stands_in_for_it_count_once()
    {
        WriteTally tally = Asked(2, 3);
        int standIn = tally.AskStandIn(1);
        tally.RankOf((ulong)standIn).ShouldBe(1);
        tally.Acknowledge(standIn);
        tally.Acknowledge(1);
        tally.Got.ShouldBe(1);
        tally.Missing.ShouldBe(1);
    }

    [Fact]
    public void A_rank_waits_as_long_as_anyone_was_asked_for_it()
    {
        WriteTally tally = Asked(2, 3);
        int standIn = tally.AskStandIn(1);
        tally.Fail(1).ShouldBeFalse("the one that stands in may hold it");
        tally.IsSilent(1).ShouldBeTrue();
        tally.Fail(standIn).ShouldBeTrue();
        tally.IsSilent(1).ShouldBeFalse();
        tally.GiveUp(1);
        tally.Failed.ShouldBe(1);
    }

    [Fact]
    public void A_number_that_no_question_had_belongs_to_no_rank()
    {
        WriteTally tally = Asked(1, 2);
        tally.RankOf(2).ShouldBe(-1);
        tally.RankOf(ulong.MaxValue).ShouldBe(-1);
    }

    private static WriteTally Asked(int needed, int owners)
    {
        var tally = new WriteTally(needed, owners);
        for (int rank = 0; rank < owners; rank++)
            tally.AskOwner(rank);
        return tally;
    }
}
