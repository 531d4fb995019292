using AkkaKv.Core.Kernel;
using AkkaKv.Core.Ring;

namespace AkkaKv.Core.Tests.Ring;

public class TokenTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(256)]
    [InlineData(65_536)]
    public void Partitions_cover_the_hash_space_without_gap_or_overlap(int partitions)
    {
        Token.FirstOf(0, partitions).Value.ShouldBe(0UL);
        Token.LastOf(partitions - 1, partitions).Value.ShouldBe(ulong.MaxValue);
        for (int partition = 0; partition < partitions; partition++)
        {
            Token.FirstOf(partition, partitions).PartitionIn(partitions).ShouldBe(partition);
            Token.LastOf(partition, partitions).PartitionIn(partitions).ShouldBe(partition);
            if (partition > 0)
                Token.FirstOf(partition, partitions).Value.ShouldBe(Token.LastOf(partition - 1, partitions).Value + 1);
        }
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    [InlineData(3)]
    [InlineData(131_072)]
    [InlineData(int.MinValue)]
    public void Other_numbers_of_partitions_are_refused(int partitions)
    {
        Token.IsPartitionCount(partitions).ShouldBeFalse();
        Should.Throw<InvariantException>(() => new Token(1).PartitionIn(partitions));
    }

    [Theory]
    [InlineData(1, 256)]
    [InlineData(11, 256)]
    [InlineData(12, 512)]
    [InlineData(30, 2048)]
    [InlineData(100, 32_768)]
    [InlineData(1024, 65_536)]
    public void The_number_to_choose_is_at_least_twice_the_square_of_the_members(int membersMax, int partitions) =>
        Token.PartitionsFor(membersMax).ShouldBe(partitions);

    [Fact]
    public void A_partition_that_does_not_exist_has_no_tokens()
    {
        Should.Throw<InvariantException>(() => Token.FirstOf(256, 256));
        Should.Throw<InvariantException>(() => Token.FirstOf(-1, 256));
    }
}
