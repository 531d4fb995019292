using System.Data.Common;
using Akka.Actor;
using AkkaKv.Cluster.Tests.Processes;
using AkkaKv.Core.Replica;
using AkkaKv.Host.AkkaNet.Hints;
using AkkaKv.Host.AkkaNet.Tests.Support;

namespace AkkaKv.Host.AkkaNet.Tests.Hints;

/// <summary>What hints in a database do, whichever it is.</summary>
/// <param name="start">Starts a store on the database.</param>
/// <param name="connect">Opens a connection to look into it.</param>
internal sealed class HintDatabaseContract(Func<string, long, HintRig> start, Func<DbConnection> connect)
{
    private const long Room = 64 << 20;

    public async Task What_was_acknowledged_is_there_after_a_restart()
    {
        const int Keys = 300;
        var big = new byte[(1 << 20) + 17];
        Random.Shared.NextBytes(big);
        await using (HintRig first = start("owner", Room))
        {
            (await first.ReadAsync(1)).Object.IsEmpty.ShouldBeTrue();
            await Task.WhenAll(Enumerable.Range(0, Keys).Select(async key => (await first.WriteAsync(key, [(byte)key])).ShouldBe(StoreOutcome.Done)));
            (await first.WriteAsync(Keys, big)).ShouldBe(StoreOutcome.Done);
            (await first.WriteAsync(5, [5, 5])).ShouldBe(StoreOutcome.Done);
            (await first.RemoveAsync(7)).ShouldBe(StoreOutcome.Done);
            (await first.RemoveAsync(Keys + 1)).ShouldBe(StoreOutcome.Done);
            await HoldsAsync(first);
        }

        await using (HintRig second = start("owner", Room))
            await HoldsAsync(second);
        await using HintRig other = start("another", Room);
        (await other.ScanAsync()).ShouldBeEmpty();

        async Task HoldsAsync(HintRig rig)
        {
            (await rig.ScanAsync()).ShouldBe([.. Enumerable.Range(0, Keys + 1).Where(key => key != 7).Select(HintRig.Key)], ignoreOrder: true);
            (await rig.ReadAsync(3)).Object.ToArray().ShouldBe([3]);
            (await rig.ReadAsync(5)).Object.ToArray().ShouldBe([5, 5]);
            (await rig.ReadAsync(7)).Object.IsEmpty.ShouldBeTrue();
            (await rig.ReadAsync(Keys)).Object.ToArray().ShouldBe(big);
            rig.Status.HintKeys.ShouldBe(Keys);
            rig.Status.HintLiveBytes.ShouldBeInRange(big.Length, big.Length + (Keys * 32));
        }
    }

    public async Task Writes_of_one_key_are_done_in_their_order_and_old_events_go()
    {
        const int Writes = 2_000;
        await using HintRig rig = start("owner", Room);
        for (int i = 0; i < Writes; i++)
        {
            (await rig.WriteAsync(1, BitConverter.GetBytes(i))).ShouldBe(StoreOutcome.Done);
            if (i % 100 == 0)
                BitConverter.ToInt32((await rig.ReadAsync(1)).Object.Span).ShouldBe(i);
        }

        Task<Core.Kernel.Message>[] together = [.. Enumerable.Range(Writes, Writes).Select(i => rig.SubmitWrite(1, BitConverter.GetBytes(i)))];
        await Task.WhenAll(together).WaitAsync(Waiting.Max);
        BitConverter.ToInt32((await rig.ReadAsync(1)).Object.Span).ShouldBe((2 * Writes) - 1);

        // Removed behind the snapshot, in the database's own time; without it there were more than two thousand.
        await Wait.UntilAsync("old events are removed", async () => await RowsAsync() <= 600);

        await rig.DisposeAsync();
        await using HintRig again = start("owner", Room);
        BitConverter.ToInt32((await again.ReadAsync(1)).Object.Span).ShouldBe((2 * Writes) - 1);
    }

    public async Task What_is_too_much_for_the_database_is_refused()
    {
        await using HintRig rig = start("owner", 100);
        (await rig.WriteAsync(1, new byte[200])).ShouldBe(StoreOutcome.Busy);
        (await rig.WriteAsync(2, new byte[20])).ShouldBe(StoreOutcome.Done);
        (await rig.WriteAsync(3, new byte[20])).ShouldBe(StoreOutcome.Done);
        (await rig.ReadAsync(1)).Object.IsEmpty.ShouldBeTrue();
    }

    /// <param name="breakOff">From here on the database does nothing.</param>
    /// <param name="mend">It does again.</param>
    public async Task A_database_that_is_away_refuses_writes_answers_reads_and_loses_nothing(Func<Task> breakOff, Func<Task> mend)
    {
        await using HintRig rig = start("owner", Room);
        (await rig.WriteAsync(1, [1])).ShouldBe(StoreOutcome.Done);
        (await rig.WriteAsync(2, [9])).ShouldBe(StoreOutcome.Done);
        await breakOff();

        Task<Core.Kernel.Message> underWay = rig.SubmitWrite(1, [2]);
        ((StoreWriteDone)await rig.SubmitWrite(1, [3]).WaitAsync(Waiting.Max)).Outcome.ShouldBe(StoreOutcome.Busy);
        (await rig.WriteAsync(1, [4])).ShouldBe(StoreOutcome.Busy);

        // Whether the database has the first write of the two nobody knows.
        (await rig.ReadAsync(1)).Outcome.ShouldBe(StoreOutcome.Busy);
        (await rig.ReadAsync(2)).Object.ToArray().ShouldBe([9]);
        underWay.IsCompleted.ShouldBeFalse();
        await mend();

        ((StoreWriteDone)await underWay.WaitAsync(Waiting.Max)).Outcome.ShouldBe(StoreOutcome.Done);
        (await rig.ReadAsync(1)).Object.ToArray().ShouldBe([2]);
        (await rig.WriteAsync(1, [5])).ShouldBe(StoreOutcome.Done);
        await Wait.UntilAsync("all partitions are open again", () => rig.Log.Count == 2);
        rig.Log.First().ShouldContain("refuses hints");
        rig.Log.Last().ShouldContain("answers again");
        await rig.DisposeAsync();
        await using HintRig again = start("owner", Room);
        (await again.ReadAsync(1)).Object.ToArray().ShouldBe([5]);
        (await again.ReadAsync(2)).Object.ToArray().ShouldBe([9]);
    }

    /// <param name="breakOff">From here on the database does nothing.</param>
    /// <param name="forget">Removes everything from it, and mends it.</param>
    public async Task A_database_that_has_forgotten_is_told_again(Func<Task> breakOff, Func<Task> forget)
    {
        // Two keys of one partition: what makes the journal fail, and what is only there.
        int[] keys = [.. Enumerable.Range(0, 1_000).Where(key => HintRig.Key(key).Hash >> 62 == 0).Take(2)];
        await using HintRig rig = start("owner", Room);
        (await rig.WriteAsync(keys[0], [1])).ShouldBe(StoreOutcome.Done);
        (await rig.WriteAsync(keys[1], [2])).ShouldBe(StoreOutcome.Done);
        await breakOff();
        Task<Core.Kernel.Message> underWay = rig.SubmitWrite(keys[0], [3]);
        ((StoreWriteDone)await rig.SubmitWrite(keys[0], [4]).WaitAsync(Waiting.Max)).Outcome.ShouldBe(StoreOutcome.Busy);
        await forget();

        ((StoreWriteDone)await underWay.WaitAsync(Waiting.Max)).Outcome.ShouldBe(StoreOutcome.Done);
        (await rig.ReadAsync(keys[1])).Object.ToArray().ShouldBe([2]);
        rig.Log.ShouldContain(line => line.Contains("1 keys of partition 0 were missing or older, 0 that were removed", StringComparison.Ordinal));
        await rig.DisposeAsync();
        await using HintRig again = start("owner", Room);
        (await again.ReadAsync(keys[0])).Object.ToArray().ShouldBe([3]);
        (await again.ReadAsync(keys[1])).Object.ToArray().ShouldBe([2]);
    }

    private async Task<long> RowsAsync()
    {
        await using DbConnection connection = connect();
        await connection.OpenAsync();
        await using DbCommand count = connection.CreateCommand();
        count.CommandText = "SELECT COUNT(*) FROM journal";
        return Convert.ToInt64(await count.ExecuteScalarAsync(), System.Globalization.CultureInfo.InvariantCulture);
    }
}
