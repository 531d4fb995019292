using AkkaKv.Core.Kernel;
using AkkaKv.Core.Replica;

namespace AkkaKv.Storage.Tests.Faults;

/// <summary>The few things that a node must know after a restart.</summary>
public class FactTests
{
    [Fact]
    public void A_fact_is_read_by_every_loop_once_it_is_durable_and_again_after_a_restart()
    {
        var driver = new StoreDriver(new FakeDisk());
        driver.Fact("topology").ShouldBeEmpty();
        ulong ticket = driver.StageFact("topology", [1, 2, 3]);
        driver.EndTurn();
        driver.Store.WriteQueued();
        driver.Fact("topology").ShouldBeEmpty();
        driver.FactAnswers.ShouldBeEmpty();
        driver.Store.FinishWritten();
        driver.Commit();
        driver.FactAnswers[ticket].ShouldBeTrue();
        driver.Fact("topology", loop: 0).ShouldBe([1, 2, 3]);
        driver.Fact("topology", loop: 1).ShouldBe([1, 2, 3]);
        driver.Write("topology", [9]);
        driver.WriteFact("transfer/7", 4);
        driver.Dispose();

        using var reopened = new StoreDriver(driver.Disk, loops: 3);
        reopened.Fact("topology", loop: 2).ShouldBe([1, 2, 3]);
        reopened.Fact("transfer/7").ShouldBe([4]);
        reopened.Fact("transfer").ShouldBeEmpty();
        reopened.Value("topology").ShouldBe([9]);
        (reopened.Store.Status.Keys, reopened.Store.Status.HintKeys).ShouldBe((1, 0));
    }

    [Fact]
    public void Writes_of_one_fact_complete_in_order_and_an_empty_one_forgets_it()
    {
        var driver = new StoreDriver(new FakeDisk());
        driver.StageFact("a", [1]);
        driver.StageFact("a", [2]);
        driver.EndTurn();
        driver.StageFact("a", [3]);
        driver.StageFact("b", [4]);
        driver.StageFact("b", []);
        driver.Commit();
        driver.FactAnswers.Keys.ShouldBe(driver.FactAnswers.Keys.Order());
        driver.FactAnswers.Values.ShouldAllBe(isDone => isDone);
        driver.Dispose();
        using var reopened = new StoreDriver(driver.Disk);
        reopened.Fact("a").ShouldBe([3]);
        reopened.Fact("b").ShouldBeEmpty();
    }

    [Theory]
    [InlineData(Durability.Always)]
    [InlineData(Durability.Interval)]
    [InlineData(Durability.None)]
    public void A_fact_is_synced_whatever_the_durability(Durability durability)
    {
        var disk = new FakeDisk();
        var driver = new StoreDriver(disk, StoreDriver.Options() with { Durability = durability });
        int syncs = disk.Syncs;
        driver.Stage("object", [1]);
        driver.WriteFact("promise", 7).ShouldBeTrue();
        disk.Syncs.ShouldBe(syncs + 1);
        using var reopened = new StoreDriver(disk.Restart(Survival.Nothing));
        reopened.Fact("promise").ShouldBe([7]);
        reopened.Value("object").ShouldBe([1]);
    }

    [Theory]
    [InlineData(Survival.All)]
    [InlineData(Survival.Nothing)]
    [InlineData(Survival.AnyPieces)]
    public void A_power_cut_at_any_byte_keeps_the_facts_that_were_acknowledged(Survival survival)
    {
        byte[][] story = [[], [1], new byte[700], [2, 2], [], [3]];
        bool ended = false;
        for (long bytes = 0; !ended; bytes++)
        {
            var disk = new FakeDisk();
            var driver = new StoreDriver(disk, StoreDriver.Options() with { Durability = Durability.None });
            driver.WriteFact("other", 9);
            disk.BytesUntilPowerCut = bytes;
            int acknowledged = 0;
            try
            {
                for (; acknowledged < story.Length - 1; acknowledged++)
                    driver.WriteFact("a", story[acknowledged + 1]).ShouldBeTrue();
                ended = true;
            }
            catch (PowerCutException)
            {
                // The story ends here.
            }

            using var reopened = new StoreDriver(disk.Restart(survival, new RandomSource((ulong)bytes)));
            byte[] found = reopened.Fact("a");
            story.Skip(acknowledged).Take(2).ShouldContain(value => value.SequenceEqual(found), $"after {bytes} bytes, {acknowledged} acknowledged");
            reopened.Fact("other").ShouldBe([9]);
        }
    }

    [Fact]
    public void After_a_failed_sync_no_fact_is_taken_and_the_old_one_is_served()
    {
        var disk = new FakeDisk();
        var driver = new StoreDriver(disk);
        driver.WriteFact("a", 1).ShouldBeTrue();
        disk.FailSyncs = true;
        driver.WriteFact("a", 2).ShouldBeFalse();
        disk.FailSyncs = false;
        driver.Fact("a").ShouldBe([1]);
        driver.WriteFact("a", 3).ShouldBeFalse();
        driver.Fact("a").ShouldBe([1]);
        driver.Dispose();
        using var reopened = new StoreDriver(disk.Restart(Survival.Nothing));
        reopened.Fact("a").ShouldBe([1]);
        reopened.WriteFact("a", 4).ShouldBeTrue();
    }

    [Fact]
    public void A_fact_is_taken_when_too_many_bytes_wait_for_the_disk()
    {
        var driver = new StoreDriver(new FakeDisk(), StoreDriver.Options() with { PendingBytesMax = 100 });
        driver.Stage("a", new byte[600]);
        ulong busy = driver.Stage("b", new byte[600]);
        driver.Answers[busy].ShouldBe(StoreOutcome.Busy);
        driver.WriteFact("promise", 1).ShouldBeTrue();
        driver.Store.Status.PendingBytes.ShouldBe(0);
    }

    [Fact]
    public void The_largest_fact_fits_and_what_is_out_of_bounds_is_refused_loudly()
    {
        var driver = new StoreDriver(new FakeDisk());
        driver.WriteFact(new string('x', 200), new byte[1 << 20]).ShouldBeTrue();
        Should.Throw<InvariantException>(() => driver.StageFact(new string('x', 201), [1]));
        Should.Throw<InvariantException>(() => driver.StageFact("", [1]));
        Should.Throw<InvariantException>(() => driver.StageFact("é", [1]));
        Should.Throw<InvariantException>(() => driver.StageFact("x", new byte[(1 << 20) + 1]));
        driver.Dispose();
        using var reopened = new StoreDriver(driver.Disk);
        reopened.Fact(new string('x', 200)).Length.ShouldBe(1 << 20);
    }

    [Fact]
    public void The_node_votes_under_the_directorys_id_until_it_is_a_restored_one()
    {
        var disk = new FakeDisk();
        var driver = new StoreDriver(disk, StoreDriver.Options() with { Durability = Durability.Interval });
        ulong first = driver.Store.Identity.VoterId;
        first.ShouldBe(driver.Store.Identity.StoreId);

        FakeDisk crashed = disk.Restart(Survival.Nothing);
        var second = new StoreDriver(crashed, StoreDriver.Options(2));
        second.Store.Identity.RenewedBecause.ShouldNotBeNull();
        second.Store.Identity.VoterId.ShouldBe(first, "a crash takes no fact away");
        second.Dispose();

        var restored = new StoreDriver(crashed, StoreDriver.Options(3) with { RenewActor = true });
        ulong renewed = restored.Store.Identity.VoterId;
        renewed.ShouldNotBe(first);
        restored.Store.Identity.StoreId.ShouldBe(first);

        using var after = new StoreDriver(crashed.Restart(Survival.Nothing), StoreDriver.Options(4));
        after.Store.Identity.VoterId.ShouldBe(renewed);
    }

    [Fact]
    public void A_memory_store_answers_as_the_log_store_does()
    {
        using var store = new MemoryStore(StoreDriver.Options(), 2, _ => 0);
        var asker = new Address(new NodeId("node-1"), ActorRole.Agreement, 0);
        var answers = new List<Message>();
        StoreCompletion? completion = null;
        IStorePort writer = store.OpenPort(0, done => completion = done);
        IStorePort reader = store.OpenPort(1, _ => { });
        writer.Submit(new FactWrite("a", new byte[] { 1 }, 5, asker), Send);
        writer.EndTurn();
        store.TryReadFact("a", out _).ShouldBeFalse();
        answers.ShouldBeEmpty();
        writer.Complete(completion!, Send);
        reader.Submit(new FactRead("a", 6, asker), Send);
        answers[0].ShouldBe(new FactWriteDone(5, IsDone: true));
        ((FactReadDone)answers[1]).Value.ToArray().ShouldBe([1]);
        store.TryReadFact("a", out ReadOnlyMemory<byte> value).ShouldBeTrue();
        value.ToArray().ShouldBe([1]);

        void Send(Address to, Message message) => answers.Add(message);
    }
}
