using AkkaKv.Host.Spelling;

namespace AkkaKv.Server.Tests.Spelling;

public class NearestNameTests
{
    [Theory]
    [InlineData("", "", 0)]
    [InlineData("abc", "", 3)]
    [InlineData("kitten", "sitting", 3)]
    [InlineData("flaw", "lawn", 2)]
    public void The_distance_is_levenshteins(string left, string right, int distance)
    {
        NearestName.Distance(left, right).ShouldBe(distance);
        NearestName.Distance(right, left).ShouldBe(distance);
    }

    [Fact]
    public void Only_a_near_name_is_suggested()
    {
        NearestName.Of("timout", ["quorum", "timeout"]).ShouldBe("timeout");
        NearestName.Of("TIMEOUT", ["quorum", "timeout"]).ShouldBe("timeout");
        NearestName.Of("elephant", ["quorum", "timeout"]).ShouldBeNull();
    }
}
