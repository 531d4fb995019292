using AkkaKv.Core.Replica;
using AkkaKv.Storage.Tests.Disk;

namespace AkkaKv.Storage.Tests;

public class MemoryStoreTests
{
    [Fact]
    public void It_answers_as_the_log_store_does()
    {
        using var store = new MemoryStore(RealStore.Options(), 1, _ => 0);
        var host = new RealStore(store, 1);
        host.Submit(0, "a", [1]);
        host.Submit(0, "a", [2]);
        host.Submit(0, "b", [3]);
        host.SubmitDots(0);
        host.EndTurn(0);
        host.Read("a").ShouldBeNull();
        host.CompleteNext();
        host.Read("a").ShouldBe([2]);
        host.Read("b").ShouldBe([3]);
        host.Read("c").ShouldBeNull();
        host.Outcomes.ShouldBe([StoreOutcome.Done, StoreOutcome.Done, StoreOutcome.Done]);
        host.Dots[0].ShouldBe(new DotsReserved(StoreOutcome.Done, store.Identity.ActorId, 1, 1024));
        host.SubmitDots(0);
        host.EndTurn(0);
        host.CompleteNext();
        host.Dots[1].First.ShouldBe(1025UL);
        host.Keys(0).ShouldBe([RealStore.Key("a"), RealStore.Key("b")], ignoreOrder: true);
        (store.Status.Keys, store.Status.LiveBytes, store.Status.PendingBytes, store.Status.Writable).ShouldBe((2, 2, 0, true));
    }

    [Fact]
    public void It_removes_and_keeps_the_spaces_apart_as_the_log_store_does()
    {
        using var store = new MemoryStore(RealStore.Options(), 1, _ => 0);
        var host = new RealStore(store, 1);
        host.Submit(0, "a", [1]);
        host.Submit(0, "a", [2, 2], StoreSpace.Hints);
        host.Submit(0, "b", [3], StoreSpace.Hints);
        host.EndTurn(0);
        host.CompleteNext();
        host.SubmitRemoval(0, "a");
        host.SubmitRemoval(0, "b", StoreSpace.Hints);
        host.SubmitRemoval(0, "never there");
        host.Outcomes.Count.ShouldBe(3);
        host.Read("a").ShouldBe([1]);
        host.EndTurn(0);
        host.CompleteNext();
        host.Outcomes.ShouldBe(Enumerable.Repeat(StoreOutcome.Done, 6));
        host.Read("a").ShouldBeNull();
        host.Read("a", StoreSpace.Hints).ShouldBe([2, 2]);
        host.Read("b", StoreSpace.Hints).ShouldBeNull();
        host.Keys(0).ShouldBeEmpty();
        host.Keys(0, StoreSpace.Hints).ShouldBe([RealStore.Key("a")]);
        StoreStatus status = store.Status;
        (status.Keys, status.LiveBytes, status.HintKeys, status.HintLiveBytes, status.PendingBytes).ShouldBe((0, 0, 1, 2, 0));
        host.Submit(0, "c", [4]);
        host.EndTurn(0);
        host.CompleteNext();
        host.Read("c").ShouldBe([4]);
        host.Read("a", StoreSpace.Hints).ShouldBe([2, 2]);
    }

    [Fact]
    public void It_is_a_new_actor_every_time()
    {
        var first = new MemoryStore(RealStore.Options(), 1, _ => 0);
        var second = new MemoryStore(RealStore.Options(), 1, _ => 0);
        first.Identity.ActorId.ShouldNotBe(second.Identity.ActorId);
    }

    [Fact]
    public void Its_pending_bytes_are_bounded_too()
    {
        using var store = new MemoryStore(RealStore.Options() with { PendingBytesMax = 100 }, 1, _ => 0);
        var host = new RealStore(store, 1);
        host.Submit(0, "a", new byte[80]);
        host.Submit(0, "b", new byte[80]);
        host.Outcomes.ShouldBe([StoreOutcome.Busy]);
        host.EndTurn(0);
        host.CompleteNext();
        host.Outcomes.ShouldBe([StoreOutcome.Busy, StoreOutcome.Done]);
    }
}
