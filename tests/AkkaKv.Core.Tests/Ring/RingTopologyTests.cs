using AkkaKv.Core.Kernel;
using AkkaKv.Core.Ring;

namespace AkkaKv.Core.Tests.Ring;

public class RingTopologyTests
{
    private static readonly RingTopology Sound = Rings.Even(3, 256);

    [Fact]
    public void A_sound_topology_has_no_problems() => Sound.Problems().ShouldBeEmpty();

    [Fact]
    public void Each_problem_says_what_was_required_and_what_was_found()
    {
        ProblemOf(Sound with { Epoch = -1 }).ShouldBe("The epoch must be 0 or more, but is -1.");
        ProblemOf(Sound with { Partitions = 300 }).ShouldBe("The number of partitions must be a power of two from 1 to 65536, but is 300.");
        ProblemOf(Sound with { ReplicaCount = 0 }).ShouldBe("The replica count must be from 1 to 15, but is 0.");
        ProblemOf(Sound with { ReplicaCount = 16 }).ShouldBe("The replica count must be from 1 to 15, but is 16.");
        ProblemOf(Sound with { Members = [] }).ShouldBe("A cluster must have 1 to 1024 members, but has 0.");
        ProblemOf(Sound.With(Rings.Member("node-1"))).ShouldBe("The name node-1 appears more than once; members must have distinct names.");
        ProblemOf(Sound.With(Rings.Member(""))).ShouldBe("A member has no name; give every member one.");
        ProblemOf(Sound.With(Rings.Member("x", 0))).ShouldBe("The weight of x must be from 0.1 to 100, but is 0.");
        ProblemOf(Sound.With(Rings.Member("x", double.NaN))).ShouldBe("The weight of x must be from 0.1 to 100, but is NaN.");
        ProblemOf(Sound.With(Rings.Member("x", 1, null!))).ShouldBe("The zone of x is missing; use an empty text for none.");
    }

    [Fact]
    public void All_problems_are_told_at_once() =>
        (Sound with { Partitions = 0, ReplicaCount = 0, Members = [] }).Problems().Count.ShouldBe(3);

    [Fact]
    public void No_ring_is_made_from_an_unsound_topology() =>
        Should.Throw<InvariantException>(() => RingSnapshot.Of(Sound with { Partitions = 7 })).Message.ShouldContain("power of two");

    private static string ProblemOf(RingTopology topology) => topology.Problems().ShouldHaveSingleItem();
}
