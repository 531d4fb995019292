using AkkaKv.Core.Kernel;
using AkkaKv.Core.Versions;

namespace AkkaKv.Core.Tests.Versions;

public sealed class VersionVectorTests
{
    private static readonly VersionVector Left = VersionVector.Of(new Dot(1, 5), new Dot(3, 2));
    private static readonly VersionVector Right = VersionVector.Of(new Dot(1, 4), new Dot(2, 9), new Dot(3, 7));

    [Fact]
    public void Join_takes_the_larger_counter_of_each_actor() =>
        Left.Join(Right).ShouldBe(VersionVector.Of(new Dot(1, 5), new Dot(2, 9), new Dot(3, 7)));

    [Fact]
    public void Join_covers_both_sides()
    {
        Left.Join(Right).Covers(Left).ShouldBeTrue();
        Left.Join(Right).Covers(Right).ShouldBeTrue();
        Left.Covers(Right).ShouldBeFalse();
    }

    [Fact]
    public void A_counter_covers_all_before_it()
    {
        Left.Covers(new Dot(1, 5)).ShouldBeTrue();
        Left.Covers(new Dot(1, 1)).ShouldBeTrue();
        Left.Covers(new Dot(1, 6)).ShouldBeFalse();
        Left.Covers(new Dot(2, 1)).ShouldBeFalse();
    }

    [Fact]
    public void Unordered_actors_fail_loudly() =>
        Should.Throw<InvariantException>(() => VersionVector.Of(new Dot(3, 1), new Dot(1, 1)));

    [Fact]
    public void A_counter_of_zero_fails_loudly() => Should.Throw<InvariantException>(() => VersionVector.Of(new Dot(1, 0)));
}
