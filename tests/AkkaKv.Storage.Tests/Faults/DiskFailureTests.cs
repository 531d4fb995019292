using AkkaKv.Core.Replica;

namespace AkkaKv.Storage.Tests.Faults;

public class DiskFailureTests
{
    [Fact]
    public void After_a_failed_sync_nothing_is_acknowledged_any_more()
    {
        var disk = new FakeDisk();
        var reasons = new List<string>();
        var driver = new StoreDriver(disk, StoreDriver.Options() with { BecameReadOnly = reasons.Add });
        driver.Write("before", [1]).ShouldBe(StoreOutcome.Done);
        ulong first = driver.Stage("a", [2]);
        ulong second = driver.Stage("b", [3]);
        driver.StageDots();
        disk.FailSyncs = true;
        driver.Commit();
        driver.Answers[first].ShouldBe(StoreOutcome.Failed);
        driver.Answers[second].ShouldBe(StoreOutcome.Failed);
        driver.Dots[^1].ShouldBe(new DotsReserved(StoreOutcome.Failed, driver.Store.Identity.ActorId, 0, 0));

        disk.FailSyncs = false;
        driver.Write("after", [4]).ShouldBe(StoreOutcome.ReadOnly);
        driver.ReserveDots().Outcome.ShouldBe(StoreOutcome.ReadOnly);
        driver.Value("before").ShouldBe([1]);
        driver.Value("a").ShouldBeNull();
        driver.Value("after").ShouldBeNull();
        driver.Store.Status.Writable.ShouldBeFalse();
        driver.Store.Status.ReadOnlyBecause.ShouldBe(reasons.ShouldHaveSingleItem());
        reasons[0].ShouldContain("injected: fdatasync failed");
        reasons[0].ShouldContain("restart");
        driver.Dispose();

        using var reopened = new StoreDriver(disk.Restart(Survival.Nothing));
        reopened.Value("before").ShouldBe([1]);
        reopened.Value("after").ShouldBeNull();
        reopened.Write("again", [5]).ShouldBe(StoreOutcome.Done);
    }

    // Simulation seed 2531.
    [Fact]
    public void A_seal_whose_sync_failed_is_made_durable_before_the_log_goes_on_behind_it()
    {
        for (int filler = 8; filler < 4096; filler += 8)
        {
            // One of these fills the segment so that the next write rolls, and fails in the sync of the roll.
            var disk = new FakeDisk();
            var driver = new StoreDriver(disk);
            driver.Write("before", new byte[filler]);
            if (driver.Store.Status.Segments > 1)
                break;
            disk.OnSync = () => disk.FailSyncs = disk.List().Contains("segment-0000000002.log");
            driver.Write("lost", new byte[3000]);
            disk.OnSync = null;
            disk.FailSyncs = false;
            driver.Dispose();

            var killed = new StoreDriver(disk.Restart(Survival.All));
            killed.Write("after", [1]).ShouldBe(StoreOutcome.Done);
            using var reopened = new StoreDriver(killed.Disk.Restart(Survival.Nothing));
            reopened.Value("before")!.Length.ShouldBe(filler);
            reopened.Value("after").ShouldBe([1]);
        }
    }

    [Fact]
    public void A_batch_that_waited_behind_the_failed_one_fails_too()
    {
        var disk = new FakeDisk();
        var driver = new StoreDriver(disk);
        ulong first = driver.Stage("a", [1]);
        driver.EndTurn();
        driver.Store.WriteQueued();
        ulong waiting = driver.Stage("b", [2]);
        driver.EndTurn();
        disk.FailSyncs = true;
        driver.Store.FinishWritten();
        int syncs = disk.Syncs;
        driver.Commit();
        driver.Answers[first].ShouldBe(StoreOutcome.Failed);
        driver.Answers[waiting].ShouldBe(StoreOutcome.Failed);
        disk.Syncs.ShouldBe(syncs);
    }

    [Fact]
    public void A_failed_write_stops_the_store()
    {
        var disk = new FakeDisk();
        var driver = new StoreDriver(disk);
        disk.FailWrites = true;
        driver.Write("a", [1]).ShouldBe(StoreOutcome.Failed);
        driver.Write("a", [1]).ShouldBe(StoreOutcome.ReadOnly);
        driver.Store.Status.ReadOnlyBecause!.ShouldContain("input/output error");
    }

    [Fact]
    public void A_full_disk_stops_the_store_only_when_the_segment_is_used_up()
    {
        var disk = new FakeDisk();
        var driver = new StoreDriver(disk);
        disk.FailCreates = true;
        int written = 0;
        while (driver.Write("key-" + written, new byte[100]) == StoreOutcome.Done)
            written++;
        written.ShouldBeGreaterThan(4096 / 200);
        driver.Store.Status.PrepareFault!.ShouldContain("no space left");
        driver.Store.Status.ReadOnlyBecause!.ShouldContain("no space left");

        disk.FailCreates = false;
        driver.Dispose();
        using var reopened = new StoreDriver(disk);
        for (int i = 0; i < written; i++)
            reopened.Value("key-" + i).ShouldBe(new byte[100]);
        reopened.Write("more", new byte[1000]).ShouldBe(StoreOutcome.Done);
    }

    [Fact]
    public void A_disk_that_was_full_for_a_while_does_not_stop_the_store()
    {
        var disk = new FakeDisk { FailCreates = false };
        var driver = new StoreDriver(disk);
        disk.FailCreates = true;
        while (driver.Store.Status.PrepareFault is null)
            driver.Write("key", new byte[100]).ShouldBe(StoreOutcome.Done);
        disk.FailCreates = false;
        while (driver.Store.Status.Segments < 2)
            driver.Write("key", new byte[100]).ShouldBe(StoreOutcome.Done);
        driver.Store.Status.PrepareFault.ShouldBeNull();
    }

    [Fact]
    public void Bytes_that_wait_for_the_disk_are_bounded()
    {
        var driver = new StoreDriver(new FakeDisk(), StoreDriver.Options() with { PendingBytesMax = 1000 });
        ulong first = driver.Stage("a", new byte[600]);
        ulong second = driver.Stage("b", new byte[600]);
        driver.Answers[second].ShouldBe(StoreOutcome.Busy);
        driver.Commit();
        driver.Answers[first].ShouldBe(StoreOutcome.Done);
        driver.Value("b").ShouldBeNull();
        driver.Store.Status.PendingBytes.ShouldBe(0);
        driver.Write("larger-than-the-bound-and-alone", new byte[2000]).ShouldBe(StoreOutcome.Done);
    }
}
