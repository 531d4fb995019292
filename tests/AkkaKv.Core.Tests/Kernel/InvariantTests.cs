using AkkaKv.Core.Kernel;

namespace AkkaKv.Core.Tests.Kernel;

public class InvariantTests
{
    [Fact]
    public void What_holds_passes()
    {
        Should.NotThrow(() => Invariant.Require(true, "unused"));
        Should.NotThrow(() => Invariant.Require(true, "unused", 1));
    }

    [Fact]
    public void What_does_not_hold_says_the_rule_and_what_was_found() =>
        Should.Throw<InvariantException>(() => Invariant.Require(false, "a count is positive", -3))
            .Message.ShouldBe("Invariant broken: a count is positive; found -3");

    [Fact]
    public void Facts_are_kept_as_they_are() =>
        Should.Throw<InvariantException>(() => Invariant.Require(false, "left 1, right 2"))
            .Message.ShouldBe("Invariant broken: left 1, right 2");
}
