using System.Buffers.Binary;
using AkkaKv.Core.Kernel;
using AkkaKv.Core.Replica;
using AkkaKv.Storage.Log;
using AkkaKv.Storage.Tests.Faults;

namespace AkkaKv.Storage.Tests.Identity;

public class IdentityTests
{
    [Fact]
    public void The_actor_id_and_the_dots_go_on_over_a_clean_close_and_over_a_crash()
    {
        var disk = new FakeDisk();
        var first = new StoreDriver(disk);
        StoreIdentity identity = first.Store.Identity;
        identity.ActorId.ShouldNotBe(0UL);
        first.ReserveDots().ShouldBe(new DotsReserved(StoreOutcome.Done, identity.ActorId, 1, 10));
        first.ReserveDots().First.ShouldBe(11UL);
        first.Dispose();

        var second = new StoreDriver(disk, StoreDriver.Options(2));
        second.Store.Identity.ShouldBe(identity);
        second.ReserveDots().First.ShouldBe(31UL);

        var third = new StoreDriver(disk.Restart(Survival.Nothing), StoreDriver.Options(3));
        third.Store.Identity.ShouldBe(identity);
        third.ReserveDots().First.ShouldBe(61UL);
    }

    [Fact]
    public void A_block_within_the_reservation_costs_no_sync()
    {
        var disk = new FakeDisk();
        var driver = new StoreDriver(disk);
        driver.ReserveDots();
        int syncs = disk.Syncs;
        driver.ReserveDots();
        driver.ReserveDots();
        disk.Syncs.ShouldBe(syncs);
        driver.ReserveDots().First.ShouldBe(31UL);
        disk.Syncs.ShouldBe(syncs + 1);
    }

    [Theory]
    [InlineData(Durability.Interval, false, true)]
    [InlineData(Durability.Interval, true, false)]
    [InlineData(Durability.None, false, true)]
    [InlineData(Durability.None, true, false)]
    [InlineData(Durability.Always, false, false)]
    public void The_actor_is_new_where_acknowledged_writes_may_be_lost(Durability durability, bool clean, bool renewed)
    {
        var disk = new FakeDisk();
        var first = new StoreDriver(disk, StoreDriver.Options() with { Durability = durability });
        ulong dot = first.ReserveDots().First;
        first.Write("a", [1]).ShouldBe(StoreOutcome.Done);
        if (clean)
            first.Dispose();

        var second = new StoreDriver(disk.Restart(Survival.Nothing), StoreDriver.Options(2));
        (second.Store.Identity.ActorId != first.Store.Identity.ActorId).ShouldBe(renewed);
        (second.Store.Identity.RenewedBecause is not null).ShouldBe(renewed);
        second.ReserveDots().First.ShouldBeGreaterThan(dot);
        second.Value("a").ShouldBe(clean || durability == Durability.Always ? [1] : null);
    }

    [Fact]
    public void A_clean_close_whose_sync_failed_is_not_clean()
    {
        var disk = new FakeDisk();
        var first = new StoreDriver(disk, StoreDriver.Options() with { Durability = Durability.Interval });
        first.Write("a", [1]).ShouldBe(StoreOutcome.Done);
        disk.FailSyncs = true;
        first.Dispose();
        using var second = new StoreDriver(disk.Restart(Survival.All), StoreDriver.Options(2));
        second.Store.Identity.RenewedBecause.ShouldNotBeNull();
    }

    [Fact]
    public void A_restored_directory_can_take_a_new_actor_id()
    {
        var disk = new FakeDisk();
        var first = new StoreDriver(disk);
        first.Dispose();
        var second = new StoreDriver(disk, StoreDriver.Options(2) with { RenewActor = true });
        second.Store.Identity.ActorId.ShouldNotBe(first.Store.Identity.ActorId);
        second.Store.Identity.StoreId.ShouldBe(first.Store.Identity.StoreId);
    }

    [Theory]
    [InlineData("node-2", "test")]
    [InlineData("node-1", "other")]
    public void Another_nodes_directory_is_refused(string node, string cluster)
    {
        var disk = new FakeDisk();
        new StoreDriver(disk).Dispose();
        var error = Should.Throw<StoreOpenException>(() => new StoreDriver(disk, StoreDriver.Options() with { Node = node, Cluster = cluster }));
        error.Message.ShouldContain($"'{node}' in cluster '{cluster}'");
        error.Message.ShouldContain("'node-1' in cluster 'test'");
        // And the directory is free again.
        new StoreDriver(disk).Dispose();
    }

    [Theory]
    [InlineData("manifest")]
    [InlineData("segment-0000000001.log")]
    public void A_newer_format_is_refused_as_newer_and_not_as_damaged(string name)
    {
        var disk = new FakeDisk();
        new StoreDriver(disk).Dispose();
        byte[] bytes = disk.Content(name);
        int checksum = name == "manifest" ? bytes.Length - 4 : 60;
        bytes[8] = 2;
        BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(checksum), Crc32C.Of(bytes.AsSpan(0, checksum)));
        var error = Should.Throw<StoreOpenException>(() => new StoreDriver(disk));
        error.Message.ShouldContain(name);
        error.Message.ShouldContain("format version 2");
    }

    [Fact]
    public void A_flipped_byte_in_the_manifest_is_an_error()
    {
        var disk = new FakeDisk();
        new StoreDriver(disk).Dispose();
        for (int offset = 0; offset < disk.Content("manifest").Length; offset++)
        {
            disk.Flip("manifest", offset);
            Should.Throw<StoreOpenException>(() => new StoreDriver(disk)).Message.ShouldContain("manifest");
            disk.Flip("manifest", offset);
        }
    }

    [Fact]
    public void A_lost_manifest_or_another_stores_segment_is_an_error()
    {
        var disk = new FakeDisk();
        new StoreDriver(disk).Dispose();
        FakeDisk lost = disk.Restart(Survival.All);
        lost.Delete("manifest");
        Should.Throw<StoreOpenException>(() => new StoreDriver(lost)).Message.ShouldContain("no manifest");

        var other = new FakeDisk();
        new StoreDriver(other, StoreDriver.Options(5)).Dispose();
        other.Content("segment-0000000001.log").CopyTo(disk.Content("segment-0000000001.log"), 0);
        Should.Throw<StoreOpenException>(() => new StoreDriver(disk)).Message.ShouldContain("belongs to store");
    }

    [Fact]
    public void Options_out_of_range_are_refused()
    {
        StoreOptions options = StoreDriver.Options() with { SegmentBytes = 100 };
        Should.Throw<StoreOpenException>(() => new StoreDriver(new FakeDisk(), options)).Message.ShouldContain("found 100");
    }
}
