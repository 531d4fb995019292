using AkkaKv.Core.Replica;
using AkkaKv.Storage.Tests.Disk;
using AkkaKv.Storage.Tests.Faults;

namespace AkkaKv.Storage.Tests;

public class WriterThreadTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    [Fact]
    public void What_arrives_on_two_ports_while_a_sync_runs_shares_the_next_one()
    {
        const int turns = 50;
        using var inSync = new SemaphoreSlim(0);
        using var mayGoOn = new SemaphoreSlim(0);
        var disk = new FakeDisk();
        int loop = 0;
        using var store = LogStore.Open(disk, RealStore.Options(), 2, _ => loop);
        var host = new RealStore(store, 2);
        int before = disk.Syncs;
        disk.OnSync = () =>
        {
            inSync.Release();
            mayGoOn.Wait(Patience).ShouldBeTrue();
        };
        host.Submit(0, "first", [1]);
        host.EndTurn(0);
        inSync.Wait(Patience).ShouldBeTrue();
        for (int turn = 0; turn < turns; turn++)
        {
            for (loop = 0; loop < 2; loop++)
            {
                host.Submit(loop, $"key-{loop}-{turn}", [2]);
                host.EndTurn(loop);
            }
        }

        store.Status.PendingBytes.ShouldBeGreaterThan(0);
        disk.OnSync = null;
        mayGoOn.Release();
        for (int batch = 0; batch < 1 + (2 * turns); batch++)
            host.CompleteNext();
        host.Outcomes.Count.ShouldBe(1 + (2 * turns));
        host.Outcomes.ShouldAllBe(outcome => outcome == StoreOutcome.Done);
        (disk.Syncs - before).ShouldBe(2);
        store.Status.PendingBytes.ShouldBe(0);
    }

    [Fact]
    public void A_sync_that_fails_while_others_wait_fails_all_of_them()
    {
        using var inSync = new SemaphoreSlim(0);
        using var mayGoOn = new SemaphoreSlim(0);
        using var told = new SemaphoreSlim(0);
        var disk = new FakeDisk();
        using var store = LogStore.Open(disk, RealStore.Options() with { BecameReadOnly = _ => told.Release() }, 1, _ => 0);
        var host = new RealStore(store, 1);
        disk.OnSync = () =>
        {
            inSync.Release();
            mayGoOn.Wait(Patience).ShouldBeTrue();
        };
        host.Submit(0, "a", [1]);
        host.EndTurn(0);
        inSync.Wait(Patience).ShouldBeTrue();
        host.Submit(0, "b", [1]);
        host.EndTurn(0);
        disk.FailSyncs = true;
        mayGoOn.Release();
        host.CompleteNext();
        host.CompleteNext();
        host.Outcomes.ShouldBe([StoreOutcome.Failed, StoreOutcome.Failed]);
        told.Wait(Patience).ShouldBeTrue();
        host.Submit(0, "c", [1]);
        host.Outcomes[^1].ShouldBe(StoreOutcome.ReadOnly);
        host.Read("a").ShouldBeNull();
    }

    [Fact]
    public void The_interval_sync_comes_by_itself()
    {
        using var synced = new SemaphoreSlim(0);
        var disk = new FakeDisk();
        StoreOptions options = RealStore.Options() with { Durability = Durability.Interval, SyncInterval = TimeSpan.FromMilliseconds(1) };
        using var store = LogStore.Open(disk, options, 1, _ => 0);
        var host = new RealStore(store, 1);
        disk.OnSync = () => synced.Release();
        host.Submit(0, "a", [1]);
        host.EndTurn(0);
        host.CompleteNext();
        synced.Wait(Patience).ShouldBeTrue();
        disk.OnSync = null;
    }

    [Fact]
    public void Closing_commits_what_waits()
    {
        var disk = new FakeDisk();
        var store = LogStore.Open(disk, RealStore.Options(), 1, _ => 0);
        var host = new RealStore(store, 1);
        for (int i = 0; i < 100; i++)
        {
            host.Submit(0, "key-" + i, [1]);
            host.EndTurn(0);
        }

        store.Dispose();
        for (int i = 0; i < 100; i++)
            host.CompleteNext();
        host.Outcomes.ShouldAllBe(outcome => outcome == StoreOutcome.Done);
        using var reopened = LogStore.Open(disk, RealStore.Options(), 1, _ => 0);
        reopened.Status.Keys.ShouldBe(100);
    }

    [Fact]
    public void Only_an_inline_store_lets_the_caller_write()
    {
        using var store = LogStore.Open(new FakeDisk(), RealStore.Options(), 1, _ => 0);
        Should.Throw<Core.Kernel.InvariantException>(() => store.WriteQueued());
    }
}
