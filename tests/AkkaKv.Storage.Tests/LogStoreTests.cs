using AkkaKv.Core.Kernel;
using AkkaKv.Core.Replica;
using AkkaKv.Storage.Tests.Faults;

namespace AkkaKv.Storage.Tests;

public class LogStoreTests
{
    [Fact]
    public void A_write_is_seen_only_when_it_is_complete()
    {
        var driver = new StoreDriver(new FakeDisk());
        driver.Stage("a", [1]);
        driver.Value("a").ShouldBeNull();
        driver.EndTurn();
        driver.Store.WriteQueued();
        driver.Value("a").ShouldBeNull();
        driver.Store.FinishWritten();
        driver.Commit();
        driver.Value("a").ShouldBe([1]);
    }

    [Fact]
    public void Writes_of_one_key_complete_in_order()
    {
        var driver = new StoreDriver(new FakeDisk());
        driver.Stage("a", [1]);
        driver.Stage("a", [2]);
        driver.EndTurn();
        driver.Stage("a", [3]);
        driver.Commit();
        driver.Answers.Keys.ShouldBe([1UL, 2UL, 3UL]);
        driver.Value("a").ShouldBe([3]);
        using var reopened = new StoreDriver(Closed(driver));
        reopened.Value("a").ShouldBe([3]);
    }

    [Fact]
    public void A_removal_is_seen_only_when_it_is_complete_and_in_order_with_the_writes()
    {
        var driver = new StoreDriver(new FakeDisk());
        driver.Write("a", [1]);
        driver.Write("a", [9], StoreSpace.Hints);
        driver.StageRemoval("a");
        driver.Value("a").ShouldBe([1]);
        driver.Commit();
        driver.Value("a").ShouldBeNull();
        driver.Value("a", StoreSpace.Hints).ShouldBe([9]);
        driver.Stage("a", [2]);
        driver.StageRemoval("a");
        driver.Stage("b", [3]);
        driver.StageRemoval("b");
        driver.Stage("b", [4]);
        driver.Commit();
        driver.Answers.Keys.ShouldBe(driver.Answers.Keys.Order());
        driver.Answers.Values.ShouldAllBe(outcome => outcome == StoreOutcome.Done);
        (driver.Store.Status.Keys, driver.Store.Status.HintKeys).ShouldBe((1, 1));
        using var reopened = new StoreDriver(Closed(driver));
        reopened.Value("a").ShouldBeNull();
        reopened.Value("b").ShouldBe([4]);
        reopened.Value("a", StoreSpace.Hints).ShouldBe([9]);
        (reopened.Store.Status.Keys, reopened.Store.Status.HintKeys).ShouldBe((1, 1));
        reopened.Store.Status.HintLiveBytes.ShouldBe(reopened.Store.Status.LiveBytes);
    }

    [Fact]
    public void To_remove_what_is_not_there_is_done_without_the_disk_unless_a_write_is_under_way()
    {
        var disk = new FakeDisk();
        var driver = new StoreDriver(disk, loops: 1);
        long written = disk.BytesWritten;
        ulong absent = driver.StageRemoval("a");
        driver.Answers[absent].ShouldBe(StoreOutcome.Done);
        driver.Commit();
        disk.BytesWritten.ShouldBe(written);
        driver.Stage("a", [1]);
        driver.EndTurn();
        driver.Store.WriteQueued();
        ulong waiting = driver.StageRemoval("a");
        driver.Answers.ContainsKey(waiting).ShouldBeFalse();
        driver.Store.FinishWritten();
        driver.Commit();
        driver.Answers[waiting].ShouldBe(StoreOutcome.Done);
        driver.Value("a").ShouldBeNull();
        using var reopened = new StoreDriver(Closed(driver));
        reopened.Value("a").ShouldBeNull();
    }

    [Fact]
    public void Removals_are_refused_and_fail_as_writes_do()
    {
        var disk = new FakeDisk();
        var driver = new StoreDriver(disk, StoreDriver.Options() with { PendingBytesMax = 100 }, loops: 1);
        driver.Write("a", [1]);
        driver.Stage("b", new byte[80]);
        ulong busy = driver.StageRemoval("a");
        driver.Answers[busy].ShouldBe(StoreOutcome.Busy);
        driver.Commit();
        disk.FailSyncs = true;
        driver.Remove("a").ShouldBe(StoreOutcome.Failed);
        driver.Value("a").ShouldBe([1]);
        driver.Remove("a").ShouldBe(StoreOutcome.ReadOnly);
        driver.Remove("never there").ShouldBe(StoreOutcome.ReadOnly);
    }

    [Fact]
    public void One_sync_serves_all_batches_that_wait()
    {
        var disk = new FakeDisk();
        var driver = new StoreDriver(disk);
        int syncs = disk.Syncs;
        for (int turn = 0; turn < 10; turn++)
        {
            driver.Stage("key-" + turn, [1]);
            driver.EndTurn();
        }

        driver.Commit();
        disk.Syncs.ShouldBe(syncs + 1);
        driver.Answers.Count.ShouldBe(10);
        StoreStatus status = driver.Store.Status;
        (status.Batches, status.Commits, status.Records, status.Keys).ShouldBe((10, 1, 10, 10));
    }

    [Fact]
    public void The_status_shows_what_is_live_and_what_the_log_holds()
    {
        var driver = new StoreDriver(new FakeDisk());
        driver.Write("a", new byte[100]);
        StoreStatus before = driver.Store.Status;
        driver.Write("a", new byte[100]);
        StoreStatus after = driver.Store.Status;
        before.LiveBytes.ShouldBeInRange(120, 160);
        after.LiveBytes.ShouldBe(before.LiveBytes);
        (after.LogBytes - before.LogBytes).ShouldBe(after.LiveBytes);
        using var reopened = new StoreDriver(Closed(driver));
        StoreStatus again = reopened.Store.Status;
        (again.Keys, again.LiveBytes, again.Kind, again.Durability, again.Writable).ShouldBe((1, after.LiveBytes, "log", Durability.Always, true));
        again.LogBytes.ShouldBeGreaterThan(after.LogBytes);
    }

    [Fact]
    public void The_number_of_loops_may_change_between_runs()
    {
        var disk = new FakeDisk();
        new StoreDriver(disk, loops: 1).Dispose();
        for (int loops = 1; loops <= 5; loops++)
        {
            using var driver = new StoreDriver(disk, loops: loops);
            for (int i = 0; i < 20 && loops > 1; i++)
                driver.Value("key-" + i).ShouldBe([(byte)(loops - 1)]);
            for (int i = 0; i < 20; i++)
                driver.Write("key-" + i, [(byte)loops]).ShouldBe(StoreOutcome.Done);
            Enumerable.Range(0, loops).Sum(loop => driver.Keys(loop).Count).ShouldBe(20);
        }
    }

    [Fact]
    public void A_key_of_another_loop_is_refused_loudly()
    {
        var store = LogStore.OpenInline(new FakeDisk(), StoreDriver.Options(), 2, _ => 1);
        IStorePort port = store.OpenPort(0, _ => { });
        var read = new StoreRead(StoreDriver.Key("a"), 1, new Address(new NodeId("n"), ActorRole.Replica, 0));
        Should.Throw<InvariantException>(() => port.Submit(read, (_, _) => { })).Message.ShouldContain("loop that owns");
    }

    [Fact]
    public void An_object_larger_than_a_segment_gets_a_segment_of_its_size()
    {
        var driver = new StoreDriver(new FakeDisk());
        byte[] large = Enumerable.Range(0, 30_000).Select(i => (byte)(i * 31)).ToArray();
        driver.Write("small", [1]).ShouldBe(StoreOutcome.Done);
        driver.Write("large", large).ShouldBe(StoreOutcome.Done);
        driver.Write("small-2", [2]).ShouldBe(StoreOutcome.Done);
        driver.Value("large").ShouldBe(large);
        using var reopened = new StoreDriver(Closed(driver));
        reopened.Value("small").ShouldBe([1]);
        reopened.Value("large").ShouldBe(large);
        reopened.Value("small-2").ShouldBe([2]);
    }

    [Fact]
    public void The_next_segment_is_ready_before_it_is_needed()
    {
        var disk = new FakeDisk();
        var driver = new StoreDriver(disk, StoreDriver.Options() with { SegmentBytes = 8 << 20 });
        while (driver.Store.Status.LogBytes < 7 << 20)
        {
            driver.Write("key", new byte[100_000]);
            while (driver.Store.IdleDelay == TimeSpan.Zero)
                driver.Store.RunIdle();
        }

        disk.List().ShouldContain("segment-0000000002.log");
        long written = disk.BytesWritten;
        while (driver.Store.Status.Segments < 2)
            driver.Write("key", new byte[100_000]);
        (disk.BytesWritten - written).ShouldBeLessThan(2 << 20);
    }

    [Fact]
    public void With_interval_durability_a_write_is_acknowledged_unsynced_and_synced_in_time()
    {
        var disk = new FakeDisk();
        var time = new ManualTime();
        var driver = new StoreDriver(disk, StoreDriver.Options() with { Durability = Durability.Interval, Time = time });
        int syncs = disk.Syncs;
        driver.Write("a", [1]).ShouldBe(StoreOutcome.Done);
        driver.Value("a").ShouldBe([1]);
        disk.Syncs.ShouldBe(syncs);
        driver.Store.IdleDelay.ShouldBe(TimeSpan.FromMilliseconds(100));
        time.Advance(TimeSpan.FromMilliseconds(60));
        driver.Store.RunIdle();
        driver.Write("b", [2]).ShouldBe(StoreOutcome.Done);
        disk.Syncs.ShouldBe(syncs);
        time.Advance(TimeSpan.FromMilliseconds(40));
        driver.Store.RunIdle();
        disk.Syncs.ShouldBe(syncs + 1);
        using var reopened = new StoreDriver(disk.Restart(Survival.Nothing));
        reopened.Value("a").ShouldBe([1]);
        reopened.Value("b").ShouldBe([2]);
    }

    [Fact]
    public void Under_load_the_interval_is_kept_too()
    {
        var disk = new FakeDisk();
        var time = new ManualTime();
        var driver = new StoreDriver(disk, StoreDriver.Options() with { Durability = Durability.Interval, Time = time, SegmentBytes = 1 << 16 });
        int syncs = disk.Syncs;
        for (int i = 0; i < 50; i++)
        {
            driver.Write("a", [1]);
            time.Advance(TimeSpan.FromMilliseconds(10));
        }

        (disk.Syncs - syncs).ShouldBe(4);
    }

    [Fact]
    public void With_no_durability_the_store_never_syncs_a_write()
    {
        var disk = new FakeDisk();
        var time = new ManualTime();
        var driver = new StoreDriver(disk, StoreDriver.Options() with { Durability = Durability.None, Time = time });
        int syncs = disk.Syncs;
        driver.Write("a", [1]).ShouldBe(StoreOutcome.Done);
        time.Advance(TimeSpan.FromHours(1));
        driver.Store.IdleDelay.ShouldBeNull();
        driver.Store.RunIdle();
        disk.Syncs.ShouldBe(syncs);
        using var reopened = new StoreDriver(disk.Restart(Survival.All));
        reopened.Value("a").ShouldBe([1]);
    }

    private static FakeDisk Closed(StoreDriver driver)
    {
        driver.Dispose();
        return driver.Disk;
    }
}
