namespace AkkaKv.Ids.Tests;

public sealed class SnowflakeSourceTests
{
    private static readonly SnowflakeLayout Layout = SnowflakeLayout.Default;

    [Fact]
    public void Two_threads_lose_nothing()
    {
        const int Each = 1_500_000;
        SnowflakeSource source = Source(new TurningClock(1_000));
        long[][] made = Parallel(2, _ => Make(source, Each));

        foreach (long[] ids in made)
            ShouldIncrease(ids);
        long[] all = [.. made[0], .. made[1]];
        Array.Sort(all);
        ShouldIncrease(all);
        all.Length.ShouldBe(2 * Each);
    }

    [Fact]
    public void Threads_that_take_blocks_lose_nothing()
    {
        SnowflakeSource source = Source(new TurningClock(20));
        long[][] made = Parallel(3, thread =>
        {
            long[] ids = new long[300_000];
            for (int at = 0; at < ids.Length; at += 1_000)
                source.Next(ids.AsSpan(at, 1_000));
            return ids;
        });

        foreach (long[] ids in made)
            ShouldIncrease(ids);
        long[] all = [.. made.SelectMany(ids => ids)];
        Array.Sort(all);
        ShouldIncrease(all);
    }

    [Fact]
    public void Ids_increase_while_the_worker_changes_under_them()
    {
        SnowflakeSource source = Source(new TurningClock(200));
        long[][] made = Parallel(3, thread => thread == 0 ? MakeWhileChanging(source, 300) : Make(source, 100_000));

        foreach (long[] ids in made)
            ShouldIncrease(ids);
        long[] all = [.. made.SelectMany(ids => ids)];
        Array.Sort(all);
        ShouldIncrease(all);
        all.Select(id => SnowflakeId.Decode(id, Layout).Machine).Distinct().Count().ShouldBeGreaterThan(1);
    }

    [Fact]
    public void An_id_allocates_nothing()
    {
        SnowflakeSource source = Source(new TurningClock(1_000));
        Make(source, 10_000);
        long before = GC.GetAllocatedBytesForCurrentThread();

        for (int i = 0; i < 100_000; i++)
            source.Next();

        // A mark is a record and a permit; 100 ms of this clock need none.
        (GC.GetAllocatedBytesForCurrentThread() - before).ShouldBe(0);
    }

    [Fact]
    public void The_mark_is_written_before_the_first_id_and_ahead_of_all()
    {
        var mark = new CheckedMark();
        var clock = new TurningClock(10);
        SnowflakeSource source = Source(clock, mark: mark);

        for (int i = 0; i < 200_000; i++)
            SnowflakeId.Decode(source.Next(), Layout).UnixMillis.ShouldBeLessThanOrEqualTo(mark.Durable);
        mark.Writes.ShouldBeGreaterThan(5);
    }

    [Theory]
    [InlineData(10)]
    [InlineData(1_000)]
    [InlineData(3_600_000)]
    public void A_restart_under_a_clock_set_back_makes_no_id_again(long backMillis)
    {
        var clock = new TurningClock(1_000);
        var mark = new MemoryMark();
        long last = Make(Source(clock, mark: mark), 50_000)[^1];
        clock.AheadMillis -= backMillis;

        SnowflakeSource again = Source(clock, mark: mark);

        IdRefusal refusal = Should.Throw<IdsUnavailableException>(() => again.Next()).Refusal;
        refusal.Kind.ShouldBe(IdRefusalKind.Clock);
        refusal.Detail.ShouldContain("ms behind");
        clock.AheadMillis += backMillis + 4_000;
        again.Next().ShouldBeGreaterThan(last);
    }

    [Fact]
    public void A_clock_set_back_a_little_is_waited_for_and_far_is_an_error()
    {
        var clock = new TurningClock(100);
        SnowflakeSource source = Source(clock);
        long last = source.Next();

        clock.AheadMillis -= 2;
        long next = source.Next();
        clock.AheadMillis -= 1_000;

        next.ShouldBeGreaterThan(last);
        Should.Throw<IdsUnavailableException>(() => source.Next()).Message.ShouldContain("ms behind");
    }

    [Fact]
    public void Two_sources_with_disjoint_grants_of_one_number_never_meet()
    {
        long begin = TurningClock.Beginning.ToUnixTimeMilliseconds();
        var ahead = new TurningClock(100);
        var behind = new TurningClock(100);
        SnowflakeSource first = Source(ahead, new WorkerGrant(5, begin - 1, begin + 500, 1));
        long[] ids = MakeWhileGranted(first);

        SnowflakeSource second = Source(behind, new WorkerGrant(5, begin + 500, begin + 1_000, 2));
        Should.Throw<IdsUnavailableException>(() => second.Next()).Refusal.Kind.ShouldBe(IdRefusalKind.Grant);
        behind.AheadMillis += 600;
        long[] others = MakeWhileGranted(second);

        ids.Length.ShouldBeGreaterThan(1_000);
        others.Length.ShouldBeGreaterThan(1_000);
        others.Min().ShouldBeGreaterThan(ids.Max());
    }

    [Fact]
    public void A_grant_that_is_renewed_goes_on()
    {
        long begin = TurningClock.Beginning.ToUnixTimeMilliseconds();
        var grant = new WorkerGrant(5, begin - 1, begin + 50, 1);
        SnowflakeSource source = Source(new TurningClock(100), grant);
        long last = MakeWhileGranted(source)[^1];

        source.Renew(grant with { UntilMillis = begin + 5_000 });

        source.Next().ShouldBeGreaterThan(last);
    }

    [Fact]
    public void A_mark_that_can_not_be_written_is_an_error_and_passes_when_it_can()
    {
        var mark = new CheckedMark { Fails = true };
        SnowflakeSource source = Source(new TurningClock(100), mark: mark);

        Should.Throw<IdsUnavailableException>(() => source.Next()).Refusal.Kind.ShouldBe(IdRefusalKind.Store);
        mark.Fails = false;
        source.Next().ShouldBeGreaterThan(0);
    }

    [Fact]
    public void A_layout_or_a_worker_that_does_not_fit_is_refused()
    {
        var mark = new MemoryMark();
        Source(new TurningClock(100), mark: mark).Next();

        Should.Throw<IdsUnavailableException>(() => Source(new TurningClock(100), WorkerGrant.AssignedByHand(1_024, 1))).Message.ShouldContain("0 to 1023");
        Should.Throw<IdsUnavailableException>(() => new SnowflakeSource(new SnowflakeSourceOptions
        {
            Layout = Layout with { EpochUnixMillis = 0 },
            Grant = WorkerGrant.AssignedByHand(1, 1),
            Mark = mark,
            Clock = new TurningClock(100),
        })).Message.ShouldContain("must stay what it was");
    }

    private static SnowflakeSource Source(TimeProvider clock, WorkerGrant? grant = null, IIdMark? mark = null) => new(new SnowflakeSourceOptions
    {
        Grant = grant ?? WorkerGrant.AssignedByHand(33, 1),
        Mark = mark ?? new MemoryMark(),
        Clock = clock,
    });

    private static long[] Make(SnowflakeSource source, int count)
    {
        long[] ids = new long[count];
        for (int i = 0; i < count; i++)
            ids[i] = source.Next();
        return ids;
    }

    // A change spends a millisecond; an id in between waits for the clock to catch up.
    private static long[] MakeWhileChanging(SnowflakeSource source, int changes)
    {
        long[] ids = new long[changes];
        for (int i = 0; i < changes; i++)
        {
            source.Renew(WorkerGrant.AssignedByHand(i * 37 % 1_024, 1));
            ids[i] = source.Next();
        }

        return ids;
    }

    private static long[] MakeWhileGranted(SnowflakeSource source)
    {
        var ids = new List<long>();
        try
        {
            while (true)
                ids.Add(source.Next());
        }
        catch (IdsUnavailableException end)
        {
            end.Refusal.Kind.ShouldBe(IdRefusalKind.Grant);
        }

        return [.. ids];
    }

    private static long[][] Parallel(int threads, Func<int, long[]> make)
    {
        long[][] made = new long[threads][];
        var failures = new System.Collections.Concurrent.ConcurrentQueue<Exception>();
        Thread[] running = [.. Enumerable.Range(0, threads).Select(thread => new Thread(() =>
        {
            try
            {
                made[thread] = make(thread);
            }
            catch (IdsUnavailableException failure)
            {
                failures.Enqueue(failure);
            }
        }))];
        Array.ForEach(running, thread => thread.Start());
        Array.ForEach(running, thread => thread.Join());
        failures.ShouldBeEmpty();
        return made;
    }

    private static void ShouldIncrease(long[] ids)
    {
        for (int i = 1; i < ids.Length; i++)
        {
            if (ids[i] <= ids[i - 1])
                throw new Xunit.Sdk.XunitException($"{ids[i]} after {ids[i - 1]} at {i}");
        }
    }

    private sealed class CheckedMark : IIdMark
    {
        private SnowflakeMark? _mark;

        public bool Fails { get; set; }

        public int Writes { get; private set; }

        public long Durable => Volatile.Read(ref _mark)?.MarkUnixMillis ?? -1;

        public SnowflakeMark? Read() => _mark;

        public void Write(SnowflakeMark mark)
        {
            if (Fails)
                throw new IOException("the disk is gone");
            Writes++;
            Volatile.Write(ref _mark, mark);
        }
    }
}
