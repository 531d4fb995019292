using AkkaKv.Core.Kernel;
using AkkaKv.Core.Reaping;

namespace AkkaKv.Core.Tests.Reaping;

public sealed class AgreedKeysTests
{
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(10);
    private static readonly DeadKey Key = new(StoreKey.Of("carts", "alice"u8), 7);
    private readonly AgreedKeys _agreed = new(Grace, keysMax: 2);

    [Fact]
    public void A_second_agreement_after_the_grace_is_enough_and_an_earlier_one_waits()
    {
        _agreed.Confirm(Key, views: 1, At(0)).ShouldBeFalse("once is not enough");
        _agreed.EndSweep();
        _agreed.IsWaiting(Key, At(9)).ShouldBeTrue();
        _agreed.EndSweep();
        _agreed.IsWaiting(Key, At(10)).ShouldBeFalse("the grace has passed");
        _agreed.Confirm(Key, views: 1, At(10)).ShouldBeTrue();
    }

    [Fact]
    public void A_view_that_changed_starts_the_grace_anew()
    {
        _agreed.Confirm(Key, views: 1, At(0));
        _agreed.EndSweep();
        _agreed.Confirm(Key, views: 2, At(10)).ShouldBeFalse();
        _agreed.EndSweep();
        _agreed.IsWaiting(Key, At(19)).ShouldBeTrue();
        _agreed.EndSweep();
        _agreed.Confirm(Key, views: 2, At(20)).ShouldBeTrue();
    }

    [Fact]
    public void Another_version_starts_the_grace_anew()
    {
        DeadKey newer = Key with { Version = 8 };
        _agreed.Confirm(Key, views: 1, At(0));
        _agreed.EndSweep();
        _agreed.IsWaiting(newer, At(5)).ShouldBeFalse();
        _agreed.Confirm(newer, views: 1, At(10)).ShouldBeFalse();
    }

    [Fact]
    public void What_a_sweep_did_not_meet_or_not_confirm_starts_anew()
    {
        _agreed.Confirm(Key, views: 1, At(0));
        _agreed.EndSweep();
        _agreed.EndSweep();
        _agreed.Confirm(Key, views: 1, At(10)).ShouldBeFalse();
    }

    [Fact]
    public void It_remembers_no_more_keys_than_it_may()
    {
        DeadKey[] keys = [.. Enumerable.Range(0, 3).Select(i => new DeadKey(StoreKey.Of("carts", new[] { (byte)i }), 1))];
        foreach (DeadKey key in keys)
            _agreed.Confirm(key, views: 1, At(0));
        _agreed.EndSweep();
        keys.Count(key => _agreed.IsWaiting(key, At(1))).ShouldBe(2);
    }

    private static TimeSpan At(int seconds) => TimeSpan.FromSeconds(seconds);
}
