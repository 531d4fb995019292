using AkkaKv.Core.Reaping;
using AkkaKv.Core.Versions;

namespace AkkaKv.Core.Tests.Reaping;

public sealed class DeadRuleTests
{
    private static readonly DateTimeOffset Now = DateTimeOffset.UnixEpoch.AddYears(50);
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(10);

    [Fact]
    public void A_tombstone_alone_is_dead() => DeadRule.IsDead(SetOf(Tombstone()), Now, Grace).ShouldBeTrue();

    [Fact]
    public void A_tombstone_beside_a_value_is_not_dead() => DeadRule.IsDead(SetOf(Tombstone(), Value(0)), Now, Grace).ShouldBeFalse();

    [Theory]
    [InlineData(-10_001, true)]
    [InlineData(-10_000, false)]
    [InlineData(-1, false)]
    [InlineData(1, false)]
    public void A_value_is_dead_when_it_has_been_expired_for_longer_than_the_grace(long expiresInMillis, bool isDead)
    {
        SiblingSet set = SetOf(Value(Now.ToUnixTimeMilliseconds() + expiresInMillis), Tombstone());
        DeadRule.IsDead(set, Now, Grace).ShouldBe(isDead);
        DeadRule.IsMortal(set).ShouldBeTrue();
    }

    [Fact]
    public void A_value_without_expiry_is_immortal() => DeadRule.IsMortal(SetOf(Value(0))).ShouldBeFalse();

    [Fact]
    public void What_was_never_written_is_neither_dead_nor_mortal()
    {
        DeadRule.IsDead(SiblingSet.Empty, Now, Grace).ShouldBeFalse();
        DeadRule.IsMortal(SiblingSet.Empty).ShouldBeFalse();
    }

    internal static ValueContent Tombstone() => new(default, null, 0, IsTombstone: true);

    internal static ValueContent Value(long expiresAtMillis) => new("v"u8.ToArray(), null, 0, expiresAtMillis);

    // Concurrent values, each of an actor of its own.
    internal static SiblingSet SetOf(params ReadOnlySpan<ValueContent> values)
    {
        SiblingSet set = SiblingSet.Empty;
        for (int i = 0; i < values.Length; i++)
            set = set.Put(VersionVector.Empty, new Dot((ulong)i + 1, 1), values[i]);
        return set;
    }
}
