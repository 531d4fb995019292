using AkkaKv.Api;
using AkkaKv.Core.AntiEntropy;
using AkkaKv.Core.Gateway;
using AkkaKv.Core.Kernel;
using AkkaKv.Core.Tests.Harness;

namespace AkkaKv.Core.Tests.Gateway;

public sealed class ForegroundReportTests
{
    private static readonly EntryKey Key = EntryKey.FromText("carts", "alice");

    [Fact]
    public void A_period_that_is_slower_than_those_before_it_is_told_beside_the_usual()
    {
        var meter = new ForegroundMeter();
        for (int period = 0; period < 10; period++)
            Period(meter, millis: 1).ShouldBe(Period(meter, millis: 1));
        ForegroundLatency slow = Period(meter, millis: 10);
        (slow.Recent > slow.Usual * 5).ShouldBeTrue();
        ForegroundLatency after = Period(meter, millis: 1);
        (after.Recent < after.Usual * 2).ShouldBeTrue();
        (after.Usual < slow.Usual * 2).ShouldBeTrue("one slow period does not make the usual");
    }

    [Fact]
    public void A_period_with_few_requests_counts_as_usual()
    {
        var meter = new ForegroundMeter();
        meter.Tell().ShouldBe(new ForegroundLatency(TimeSpan.Zero, TimeSpan.Zero));
        Period(meter, millis: 1);
        meter.Record(TimeSpan.FromSeconds(1));
        ForegroundLatency told = meter.Tell();
        told.Recent.ShouldBe(told.Usual);
    }

    [Fact]
    public void Only_gateways_that_serve_clients_tell_and_they_end_a_minute_after_the_last()
    {
        var world = new TestWorld();
        world.Put(world.Nodes[0], Key, "milk").Error.ShouldBeNull();
        world.Advance(TimeSpan.FromMinutes(5));
        (Address From, Address To, Message Message)[] told = [.. world.Trace.Where(entry => entry.Message is ForegroundLatency)];
        told.Length.ShouldBe(2 * 61);
        told.ShouldAllBe(entry => entry.From.Node == world.Nodes[0] && entry.To.Node == world.Nodes[0]);
        told.Count(entry => entry.To.Role == ActorRole.AntiEntropy).ShouldBe(61);
        told.Count(entry => entry.To.Role == ActorRole.Transfer).ShouldBe(61);
        world.Get(world.Nodes[1], Key).Error.ShouldBeNull();
        world.Advance(TimeSpan.FromSeconds(2));
        world.Trace.Count(entry => entry.Message is ForegroundLatency && entry.From.Node == world.Nodes[1]).ShouldBe(2 * 2);
    }

    private static ForegroundLatency Period(ForegroundMeter meter, int millis)
    {
        for (int i = 0; i < 100; i++)
            meter.Record(TimeSpan.FromMilliseconds(millis));
        return meter.Tell();
    }
}
