using AkkaKv.Core.Hints;
using AkkaKv.Core.Kernel;
using AkkaKv.Core.Replica;

namespace AkkaKv.Core.Tests.Hints;

public sealed class HintExpiryTests
{
    private static readonly TimeSpan Hour = TimeSpan.FromHours(1);
    private readonly HintWorld _hints = new(new HintOptions { Lifetime = TimeSpan.FromHours(3) });

    public HintExpiryTests()
    {
        _hints.Cut();
        _hints.Keep("k", HintWorld.Set(1));
    }

    [Fact]
    public void What_waited_for_its_lifetime_is_given_up_and_counted()
    {
        Pass(TimeSpan.FromHours(2.9));
        _hints.Store.KeysIn(StoreSpace.Hints).Length.ShouldBe(1);
        Pass(TimeSpan.FromHours(0.2));
        _hints.Store.KeysIn(StoreSpace.Hints).ShouldBeEmpty();
        _hints.Counted(Counter.HintsExpired).ShouldBe(1);
        _hints.Backlogs().ShouldBeEmpty();
        _hints.Mend();
        Pass(Hour);
        _hints.Merges(_hints.Target).ShouldBe(0);
        _hints.World.TimersUnderWay.ShouldBe(0);
    }

    [Fact]
    public void Without_a_lifetime_a_hint_waits_until_it_is_delivered()
    {
        var hints = new HintWorld();
        hints.Cut();
        hints.Keep("k", HintWorld.Set(1));
        hints.World.Advance(TimeSpan.FromDays(2));
        hints.Counted(Counter.HintsExpired).ShouldBe(0);
        hints.Store.KeysIn(StoreSpace.Hints).Length.ShouldBe(1);
    }

    [Fact]
    public void A_clock_that_jumps_ahead_gives_nothing_up_that_this_process_kept()
    {
        _hints.World.WallNow += TimeSpan.FromDays(10);
        Pass(TimeSpan.FromHours(2.9));
        _hints.Store.KeysIn(StoreSpace.Hints).Length.ShouldBe(1);
    }

    [Fact]
    public void A_clock_that_jumps_back_keeps_nothing_for_ever()
    {
        _hints.World.WallNow -= TimeSpan.FromDays(1000);
        Pass(TimeSpan.FromHours(3.1));
        _hints.Store.KeysIn(StoreSpace.Hints).ShouldBeEmpty();
    }

    [Fact]
    public void The_age_goes_on_through_a_restart()
    {
        Pass(2 * Hour);
        _hints.World.Restart(_hints.Keeper);
        _hints.Backlogs().ShouldHaveSingleItem().OldestAge.ShouldBe(2 * Hour, TimeSpan.FromSeconds(1));
        Pass(0.9 * Hour);
        _hints.Store.KeysIn(StoreSpace.Hints).Length.ShouldBe(1);
        Pass(0.2 * Hour);
        _hints.Store.KeysIn(StoreSpace.Hints).ShouldBeEmpty();
    }

    [Fact]
    public void A_stamp_in_the_future_counts_as_now()
    {
        _hints.World.WallNow -= TimeSpan.FromDays(1);
        _hints.World.Restart(_hints.Keeper);
        _hints.Backlogs().ShouldHaveSingleItem().OldestAge.ShouldBe(TimeSpan.Zero);
        Pass(2.9 * Hour);
        _hints.Store.KeysIn(StoreSpace.Hints).Length.ShouldBe(1);
        Pass(0.2 * Hour);
        _hints.Store.KeysIn(StoreSpace.Hints).ShouldBeEmpty();
    }

    [Fact]
    public void One_target_s_age_is_not_another_s()
    {
        _hints.World.Disconnect(_hints.Keeper, _hints.Other);
        Pass(2 * Hour);
        _hints.Keep("k", HintWorld.Set(1), _hints.Other);
        Pass(1.1 * Hour);
        _hints.Kept("k").Targets.ToArray().Select(target => target.Node).ShouldBe([_hints.Other]);
    }

    [Fact]
    public void What_was_replaced_is_young_again()
    {
        Pass(2 * Hour);
        _hints.Keep("k", HintWorld.Over(HintWorld.Set(1), 2));
        Pass(1.1 * Hour);
        _hints.Store.KeysIn(StoreSpace.Hints).Length.ShouldBe(1);
    }

    [Fact]
    public void A_store_that_takes_no_writes_has_it_given_up_later()
    {
        _hints.Store.WriteOutcome = StoreOutcome.ReadOnly;
        Pass(4 * Hour);
        _hints.Store.KeysIn(StoreSpace.Hints).Length.ShouldBe(1);
        _hints.Store.WriteOutcome = StoreOutcome.Done;
        Pass(0.1 * Hour);
        _hints.Store.KeysIn(StoreSpace.Hints).ShouldBeEmpty();
        _hints.Counted(Counter.HintsExpired).ShouldBe(1);
    }

    // Both clocks.
    private void Pass(TimeSpan time)
    {
        _hints.World.WallNow += time;
        _hints.World.Advance(time);
    }
}
