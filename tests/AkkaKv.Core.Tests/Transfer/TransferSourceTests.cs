using AkkaKv.Core.Kernel;
using AkkaKv.Core.Transfer;

namespace AkkaKv.Core.Tests.Transfer;

/// <summary>One source, asked by hand.</summary>
public sealed class TransferSourceTests
{
    private const int Keys = 100;
    private readonly TransferWorld _world = new();

    private StoreKey[] Held => [.. Enumerable.Range(0, Keys).Select(TransferWorld.Key)
        .Where(key => _world.Old.PartitionOf(key) == 2).OrderBy(key => key.Hash)];

    [Theory]
    [InlineData(1)]
    [InlineData(5)]
    [InlineData(1000)]
    public void Batches_that_end_anywhere_in_a_part_skip_nothing(int keysPerScan)
    {
        Fill(keysPerScan);
        var told = new List<StoreKey>();
        long cursor = 0;
        for (int batches = 0; cursor >= 0; batches++)
        {
            TransferBatch batch = Pull(cursor, bytesMax: 600);
            batch.Objects.Count.ShouldBeInRange(1, 4);
            batch.Outcome.ShouldBe(TransferOutcome.Done);
            told.AddRange(batch.Objects.Select(moved => moved.Key));
            cursor = batch.NextCursor;
            batches.ShouldBeLessThan(Keys);
        }

        told.ShouldBe(Held);
    }

    [Fact]
    public void Keys_that_come_and_go_between_two_batches_move_none_of_the_others()
    {
        Fill(1000);
        TransferBatch first = Pull(0, bytesMax: 600);
        _world.Store(1).Set(Held[0], default);
        _world.Store(1).Wipe();
        foreach (StoreKey key in Held[3..])
            _world.Store(1).Set(key, TransferWorld.Object(1));
        int told = first.Objects.Count;
        Pull(first.NextCursor, bytesMax: 8 << 20).Objects.Select(moved => moved.Key).ShouldBe(Held[Math.Max(told, 3)..]);
    }

    [Fact]
    public void An_object_larger_than_a_batch_travels_alone()
    {
        Fill(1000);
        foreach (StoreKey key in Held)
            _world.Store(1).Set(key, new byte[5000]);
        TransferBatch batch = Pull(0, bytesMax: 1024);
        batch.Objects.Select(moved => moved.Key).ShouldBe([Held[0]]);
        batch.NextCursor.ShouldBeGreaterThan(0);
    }

    [Fact]
    public void Damaged_objects_are_named()
    {
        Fill(1000);
        _world.Store(1).Damage(Held[1]);
        TransferBatch batch = Pull(0, bytesMax: 8 << 20);
        batch.Damaged.ShouldBe([Held[1]]);
        batch.Objects.Count.ShouldBe(Held.Length - 1);
        batch.NextCursor.ShouldBe(-1);
    }

    [Fact]
    public void An_empty_partition_is_told_in_one_batch()
    {
        TransferBatch batch = Pull(0, bytesMax: 1024);
        batch.Objects.ShouldBeEmpty();
        batch.NextCursor.ShouldBe(-1);
    }

    [Theory]
    [InlineData(3, 0L, 1024)]
    [InlineData(2, -1L, 1024)]
    [InlineData(2, long.MaxValue, 1024)]
    [InlineData(2, 0L, 0)]
    [InlineData(2, 0L, int.MaxValue)]
    public void What_no_source_has_is_refused(int partition, long cursor, int bytesMax)
    {
        Fill(1000);
        TransferBatch batch = Ask(caller => new TransferPull(partition, cursor, bytesMax, 9, caller));
        batch.Outcome.ShouldBe(TransferOutcome.Refused);
        batch.Objects.ShouldBeEmpty();
        batch.Ticket.ShouldBe(9UL);
    }

    [Fact]
    public void More_pullers_than_allowed_are_told_that_it_is_busy_and_one_that_asks_again_is_not_two()
    {
        Fill(1000);
        var source = new Address(_world.Node(1), ActorRole.TransferSource, 2);
        for (int i = 0; i < 20; i++)
            _world.World.Post(source, new TransferPull(2, 0, 1024, (ulong)i, new Address(_world.Node(2), ActorRole.Caller, (ulong)(5000 + Math.Max(i - 10, 0)))));
        _world.World.Run();
        TransferBatch[] answers = [.. _world.World.Trace.Select(entry => entry.Message).OfType<TransferBatch>()];
        answers.Count(batch => batch.Outcome == TransferOutcome.Done).ShouldBe(new TransferOptions().PullersMax);
        answers.Count(batch => batch.Outcome == TransferOutcome.Busy).ShouldBe(10 - new TransferOptions().PullersMax);
    }

    private void Fill(int keysPerScan)
    {
        _world.Store(1).KeysPerScan = keysPerScan;
        for (int key = 0; key < Keys; key++)
            _world.Store(1).Set(TransferWorld.Key(key), TransferWorld.Object(key));
    }

    private TransferBatch Pull(long cursor, int bytesMax) => Ask(caller => new TransferPull(2, cursor, bytesMax, 1, caller));

    private TransferBatch Ask(Func<Address, Message> request) =>
        _world.World.Reply<TransferBatch>(_world.World.Ask(new Address(_world.Node(1), ActorRole.TransferSource, 2), request))!;
}
