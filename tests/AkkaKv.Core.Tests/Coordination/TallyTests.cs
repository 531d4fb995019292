using AkkaKv.Core.Coordination;
using AkkaKv.Core.Versions;

namespace AkkaKv.Core.Tests.Coordination;

public sealed class TallyTests
{
    private static readonly SiblingSet Old = SiblingSet.Empty.Put(VersionVector.Empty, new Dot(1, 1), new ValueContent("old"u8.ToArray(), null, 0));
    private static readonly SiblingSet New = Old.Put(Old.Seen, new Dot(2, 1), new ValueContent("new"u8.ToArray(), null, 0));

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
        tally.IsComplete.ShouldBeFalse();
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
        tally.IsComplete.ShouldBeTrue();
    }

    [Fact]
    public void A_read_is_hopeless_once_too_few_are_left()
    {
        var tally = new ReadTally(2, 3);
        tally.Fail(0);
        tally.IsHopeless.ShouldBeFalse();
        tally.FailCorrupt(1);
        tally.IsHopeless.ShouldBeTrue();
        tally.SawCorruption.ShouldBeTrue();
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
        var tally = new WriteTally(2, 3);
        tally.Acknowledge(1);
        tally.Acknowledge(1);
        tally.Fail(1);
        tally.Got.ShouldBe(1);
        tally.Fail(0);
        tally.IsHopeless.ShouldBeFalse();
        tally.Fail(2);
        tally.IsHopeless.ShouldBeTrue();
        tally.IsComplete.ShouldBeTrue();
    }
}
