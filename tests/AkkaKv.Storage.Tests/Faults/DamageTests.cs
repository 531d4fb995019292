using System.Text;
using AkkaKv.Core.Replica;

namespace AkkaKv.Storage.Tests.Faults;

/// <summary>One byte turns anywhere in what was acknowledged.</summary>
public class DamageTests
{
    private const string Segment = "segment-0000000001.log";

    [Fact]
    public void A_flipped_byte_before_the_last_batch_is_an_error_that_names_file_and_offset()
    {
        FakeDisk disk = Written(out int lastBatch);
        for (int offset = 0; offset < lastBatch; offset++)
        {
            FakeDisk damaged = disk.Restart(Survival.All);
            damaged.Flip(Segment, offset);
            byte[] before = damaged.Content(Segment).ToArray();
            var error = Should.Throw<StoreOpenException>(() => new StoreDriver(damaged), $"offset {offset}");
            error.Message.ShouldContain(Segment);
            error.Message.ShouldContain("offset");
            damaged.Content(Segment).ShouldBe(before, "an open that fails changes nothing");
        }
    }

    [Fact]
    public void A_flipped_byte_anywhere_is_an_error_once_the_store_was_closed_or_fell_idle()
    {
        FakeDisk disk = Written(out _);
        var driver = new StoreDriver(disk.Restart(Survival.All));
        driver.Dispose();
        foreach (bool closed in new[] { true, false })
        {
            var time = new ManualTime();
            FakeDisk copy = disk.Restart(Survival.All);
            var writer = new StoreDriver(copy, StoreDriver.Options() with { Time = time });
            writer.Write("last", [1, 2, 3]);
            int end = End(copy);
            time.Advance(TimeSpan.FromSeconds(1));
            if (closed)
                writer.Dispose();
            else
                writer.Store.RunIdle();
            for (int offset = 0; offset < end; offset++)
            {
                FakeDisk damaged = copy.Restart(Survival.All);
                damaged.Flip(Segment, offset);
                Should.Throw<StoreOpenException>(() => new StoreDriver(damaged), $"offset {offset}, closed {closed}");
            }
        }
    }

    [Fact]
    public void A_flipped_byte_in_a_sealed_segment_is_an_error()
    {
        var disk = new FakeDisk();
        var driver = new StoreDriver(disk);
        for (int i = 0; disk.List().Count(name => name.EndsWith(".log", StringComparison.Ordinal)) < 2 || driver.Store.Status.Segments < 2; i++)
            driver.Write("key-" + (i % 3), new byte[100]);
        int end = End(disk);
        for (int offset = 0; offset < end; offset++)
        {
            FakeDisk damaged = disk.Restart(Survival.All);
            damaged.Flip(Segment, offset);
            Should.Throw<StoreOpenException>(() => new StoreDriver(damaged), $"offset {offset}");
        }
    }

    [Fact]
    public void A_byte_that_turns_while_the_store_is_open_is_never_served()
    {
        FakeDisk disk = Written(out _);
        var driver = new StoreDriver(disk);
        byte[] good = driver.Value("key-1")!;
        int end = End(disk);
        int corrupt = 0;
        for (int offset = 64; offset < end; offset++)
        {
            disk.Flip(Segment, offset);
            StoreReadDone done = driver.Read("key-1");
            if (done.Outcome == StoreOutcome.Done)
                done.Object.ToArray().ShouldBe(good);
            else
                (done.Outcome, done.Object.Length).ShouldBe((StoreOutcome.Corrupt, 0));
            corrupt += done.Outcome == StoreOutcome.Corrupt ? 1 : 0;
            disk.Flip(Segment, offset);
        }

        corrupt.ShouldBeGreaterThanOrEqualTo(good.Length);
    }

    [Fact]
    public void A_value_that_holds_a_copy_of_the_log_is_no_proof_of_anything()
    {
        FakeDisk disk = Written(out _);
        byte[] log = disk.Content(Segment).AsSpan(0, End(disk)).ToArray();
        var driver = new StoreDriver(disk.Restart(Survival.All), StoreDriver.Options() with { SegmentBytes = 1 << 16 });
        driver.Store.Abandon();
        var writerDisk = new FakeDisk();
        var writer = new StoreDriver(writerDisk, StoreDriver.Options() with { SegmentBytes = 1 << 16 });
        writer.Stage("embedded", [.. new byte[5], .. log]);
        writer.EndTurn();
        writer.Store.WriteQueued();
        FakeDisk torn = writerDisk.Restart(Survival.All);
        torn.Flip(Segment, End(torn) - log.Length - 1);
        using var reopened = new StoreDriver(torn);
        reopened.Value("embedded").ShouldBeNull();
    }

    [Fact]
    public void A_missing_segment_is_an_error()
    {
        var disk = new FakeDisk();
        var driver = new StoreDriver(disk);
        while (driver.Store.Status.Segments < 3)
            driver.Write("key", new byte[200]);
        foreach (string name in disk.List().Where(name => name.EndsWith(".log", StringComparison.Ordinal)).Take(3))
        {
            FakeDisk copy = disk.Restart(Survival.All);
            copy.Delete(name);
            Should.Throw<StoreOpenException>(() => new StoreDriver(copy), name).Message.ShouldContain(name);
        }
    }

    [Fact]
    public void An_open_that_fails_leaves_the_unfinished_files_too()
    {
        FakeDisk disk = Written(out _);
        disk.Create("segment-0000000002.new");
        disk.Flip(Segment, 80);
        FakeDisk withoutManifest = disk.Restart(Survival.All);
        withoutManifest.Delete("manifest");
        withoutManifest.Create("segment-0000000003.log");
        foreach (FakeDisk damaged in new[] { disk.Restart(Survival.All), withoutManifest })
        {
            IReadOnlyList<string> before = damaged.List();
            Should.Throw<StoreOpenException>(() => new StoreDriver(damaged)).Message.ShouldContain("Nothing was changed");
            damaged.List().ShouldBe(before);
        }

        disk.Flip(Segment, 80);
        using var healthy = new StoreDriver(disk.Restart(Survival.All));
        healthy.Disk.List().ShouldNotContain("segment-0000000002.new");
    }

    private static int End(FakeDisk disk) => disk.Content(Segment).AsSpan().LastIndexOfAnyExcept((byte)0) + 1;

    private static FakeDisk Written(out int lastBatch)
    {
        var disk = new FakeDisk();
        var driver = new StoreDriver(disk);
        for (int i = 0; i < 5; i++)
            driver.Write("key-" + i, Encoding.ASCII.GetBytes("value of key " + i)).ShouldBe(StoreOutcome.Done);
        lastBatch = (End(disk) + 7) & -8;
        driver.Write("final", [7]).ShouldBe(StoreOutcome.Done);
        driver.Store.Abandon();
        return disk;
    }
}
