using System.Globalization;
using AkkaKv.Api;
using AkkaKv.Core.Coordination;
using AkkaKv.Core.Gateway;
using AkkaKv.Core.Ids;
using AkkaKv.Core.Kernel;
using AkkaKv.Core.Node;
using AkkaKv.Core.Replica;
using AkkaKv.Core.Ring;
using AkkaKv.Host.Native.Node;
using AkkaKv.Host.Native.Tests.Support;
using AkkaKv.Storage;

namespace AkkaKv.Host.Native.Tests.Node;

/// <summary>A whole node on a real disk, under a clock that a test sets.</summary>
public sealed class IdDoorTests : IDisposable
{
    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("akkakv-ids-");
    private readonly ShiftedClock _clock = new();

    public void Dispose() => _directory.Delete(recursive: true);

    [Theory]
    [InlineData(10)]
    [InlineData(1_000)]
    [InlineData(3_600_000)]
    public async Task A_restart_under_a_clock_set_back_makes_no_id_again(long backMillis)
    {
        long last = await LastOfLifeAsync(blocks: 20);
        _clock.Stop();
        _clock.AheadMillis -= backMillis;

        await using (NativeNode node = Open())
        {
            IdsReply refused = await node.Ids.NextAsync(IdScheme.Snowflake, 1, default);
            refused.Error!.Code.ShouldBe(KvErrorCode.IdsUnavailable);
            refused.Error.Retryable.ShouldBeTrue();
            refused.Error.Detail.ShouldContain("ms behind");
            _clock.AheadMillis += backMillis + 4_000;
            (await TakeAsync(node, 1_000))[0].ShouldBeGreaterThan(last);
        }
    }

    [Theory]
    [InlineData(10, true)]
    [InlineData(1_000, false)]
    [InlineData(3_600_000, false)]
    public async Task A_clock_set_back_under_a_node_that_runs_is_waited_for_or_an_error(long backMillis, bool isWaitedFor)
    {
        await using NativeNode node = Open();
        long last = (await TakeAsync(node, 10_000))[^1];

        if (!isWaitedFor)
            _clock.Stop();
        _clock.AheadMillis -= backMillis;
        IdsReply reply = await node.Ids.NextAsync(IdScheme.Snowflake, 1, default);

        if (isWaitedFor)
            Number(reply.Ids[0]).ShouldBeGreaterThan(last);
        else
            reply.Error!.Detail.ShouldContain("ms behind");
        _clock.AheadMillis += backMillis + 10;
        (await TakeAsync(node, 1))[0].ShouldBeGreaterThan(last);
    }

    [Fact]
    public async Task Every_scheme_gives_what_it_promises()
    {
        await using NativeNode node = Open();

        foreach (IdScheme scheme in Enum.GetValues<IdScheme>())
        {
            IdsReply reply = await node.Ids.NextAsync(scheme, 5_000, default);
            reply.Error.ShouldBeNull();
            reply.Ids.Distinct().Count().ShouldBe(5_000, IdSchemes.NameOf(scheme));
            if (scheme == IdScheme.UuidV7)
                reply.Ids.ShouldBeInOrder();
        }

        SnowflakeReply decoded = await node.Ids.DecodeAsync((await TakeAsync(node, 1))[0], default);
        (decoded.Info!.Datacenter, decoded.Info.Machine).ShouldBe((2, 3));
        (_clock.GetUtcNow() - decoded.Info.Time).TotalMinutes.ShouldBeInRange(0, 5);
    }

    [Fact]
    public async Task Counters_go_on_after_a_restart()
    {
        var given = new HashSet<string>();
        for (int life = 0; life < 3; life++)
        {
            await using NativeNode node = Open();
            foreach (IdScheme scheme in new[] { IdScheme.Ticket, IdScheme.Increment })
            {
                foreach (string id in (await node.Ids.NextAsync(scheme, 100, default)).Ids)
                    given.Add($"{scheme} {id}").ShouldBeTrue(id);
            }
        }

        given.Count.ShouldBe(600);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(10_001)]
    public async Task A_count_out_of_bounds_is_an_answer(int count)
    {
        await using NativeNode node = Open();

        foreach (IdScheme scheme in Enum.GetValues<IdScheme>())
            (await node.Ids.NextAsync(scheme, count, default)).Error!.Code.ShouldBe(KvErrorCode.InvalidCount);
        (await node.Ids.DecodeAsync(-1, default)).Error.ShouldNotBeNull();
    }

    [Fact]
    public async Task What_is_not_set_up_says_what_to_set()
    {
        await using NativeNode node = Open(new IdOptions());

        (await node.Ids.NextAsync(IdScheme.Ticket, 1, default)).Error!.Detail.ShouldContain("Ids:TicketPrimary");
        (await node.Ids.NextAsync(IdScheme.Increment, 1, default)).Error!.Detail.ShouldContain("Ids:IncrementNodes");
        (await node.Ids.NextAsync(IdScheme.UuidV4, 1, default)).Error.ShouldBeNull();
    }

    [Fact]
    public async Task A_node_without_a_number_by_hand_is_leased_one_and_says_why_it_waits()
    {
        await using NativeNode node = Open(new IdOptions());

        IdsReply reply = await node.Ids.NextAsync(IdScheme.Snowflake, 1, default);
        using var patience = new CancellationTokenSource(Waiting.Max);
        while (reply.Error is { } error)
        {
            patience.IsCancellationRequested.ShouldBeFalse(error.Detail);
            error.Retryable.ShouldBeTrue();
            error.Detail.ShouldContain("holds none (");
            await Task.Yield();
            reply = await node.Ids.NextAsync(IdScheme.Snowflake, 1, default);
        }

        (await node.Ids.DecodeAsync(Number(reply.Ids[0]), default)).Info!.Machine.ShouldBe(0);
        WorkerInfo worker = (await node.ClusterAsync(default))!.Workers.ShouldHaveSingleItem();
        (worker.Node, worker.Worker).ShouldBe(("a", 0));
        worker.Until!.Value.ShouldBeGreaterThan(_clock.GetUtcNow().AddHours(12));
    }

    private async Task<long> LastOfLifeAsync(int blocks)
    {
        await using NativeNode node = Open();
        long last = -1;
        for (int i = 0; i < blocks; i++)
        {
            long[] ids = await TakeAsync(node, 1_000);
            ids[0].ShouldBeGreaterThan(last);
            last = ids[^1];
        }

        return last;
    }

    private static async Task<long[]> TakeAsync(NativeNode node, int count)
    {
        IdsReply reply = await node.Ids.NextAsync(IdScheme.Snowflake, count, default);
        reply.Error.ShouldBeNull();
        long[] ids = [.. reply.Ids.Select(Number)];
        ids.Length.ShouldBe(count);
        ids.ShouldBeInOrder();
        ids.Distinct().Count().ShouldBe(count);
        return ids;
    }

    private static long Number(string id) => long.Parse(id, CultureInfo.InvariantCulture);

    private NativeNode Open(IdOptions? ids = null)
    {
        var self = new NodeId("a");
        var gateway = new GatewayOptions { ContextSecret = "s"u8.ToArray(), Places = [], Quorum = new QuorumDefaults(1, 1, 1), Gateways = 2 };
        var actors = new NodeOptions(self, new RingTopology(1, 64, 1, [new RingMember(self)]), gateway, new ReplicaOptions())
        {
            Ids = ids ?? new IdOptions { Worker = 67, TicketNodes = [self], IncrementNodes = 3, IncrementIndex = 2 },
        };
        var plan = new NativeNodePlan(
            actors,
            new NativeNodeOptions { Self = self, Cluster = "test", RingPartitions = 64, Loops = 2 },
            new StoreOptions { Node = "a", Cluster = "test", Time = TimeProvider.System, DrawId = () => 7 },
            Path.Combine(_directory.FullName, "a"),
            SiblingsWarn: 25,
            _ => { });
        NativeNode node = NativeNode.Open(plan, _clock);
        node.Start();
        return node;
    }

    /// <summary>The machine's clock, ahead of itself by what a test says; timers and durations are real.</summary>
    private sealed class ShiftedClock : TimeProvider
    {
        private long _aheadMillis;
        private DateTimeOffset? _stoppedAt;

        /// <summary>From now on it moves only when it is set: a slow machine must not catch up with it.</summary>
        public void Stop() => _stoppedAt = System.GetUtcNow();

        public long AheadMillis
        {
            get => Volatile.Read(ref _aheadMillis);
            set => Volatile.Write(ref _aheadMillis, value);
        }

        public override DateTimeOffset GetUtcNow() => (_stoppedAt ?? System.GetUtcNow()).AddMilliseconds(AheadMillis);
    }
}
