using AkkaKv.Core.Kernel;
using AkkaKv.Core.Replica;

namespace AkkaKv.Storage.Tests.Faults;

/// <summary>The power goes after every single byte that is ever written.</summary>
public class TornLogTests
{
    private const int Keys = 5;
    private const int Turns = 14;

    [Theory]
    [InlineData(Survival.All)]
    [InlineData(Survival.Nothing)]
    [InlineData(Survival.AnyPieces)]
    public void A_power_cut_at_any_byte_keeps_all_that_was_acknowledged(Survival survival)
    {
        var whole = new FakeDisk();
        new Run(whole).Play();
        whole.BytesWritten.ShouldBeGreaterThan(2 * 4096);
        for (long bytes = 0; bytes <= whole.BytesWritten; bytes++)
        {
            // Preparing a segment writes a long run of zeros: between its ends, not every byte tells a new story.
            if (bytes % 101 != 0 && whole.ZeroRuns.Any(run => bytes > run.From + 1 && bytes < run.To - 1))
                continue;
            var disk = new FakeDisk { BytesUntilPowerCut = bytes };
            var run = new Run(disk);
            run.Play();
            run.Check(disk.Restart(survival, new RandomSource((ulong)bytes)), bytes);
        }
    }

    [Fact]
    public void A_torn_tail_is_cut_for_good_and_the_log_goes_on()
    {
        var disk = new FakeDisk();
        var first = new StoreDriver(disk);
        first.Write("kept", [1, 2, 3]).ShouldBe(StoreOutcome.Done);
        // Two records of one batch; the first is damaged in the cut, the second is left behind valid.
        first.Stage("lost-1", new byte[40]);
        first.Stage("lost-2", new byte[40]);
        first.EndTurn();
        first.Store.WriteQueued();
        FakeDisk afterCut = disk.Restart(Survival.All);
        int torn = afterCut.Content("segment-0000000001.log").AsSpan().LastIndexOfAnyExcept((byte)0) - 90;
        afterCut.Flip("segment-0000000001.log", torn);

        var second = new StoreDriver(afterCut);
        second.Store.Status.CutBytes.ShouldBeGreaterThan(0);
        second.Value("kept").ShouldBe([1, 2, 3]);
        (second.Value("lost-1") is null || second.Value("lost-2") is null).ShouldBeTrue();
        second.Write("new", [4]).ShouldBe(StoreOutcome.Done);

        var third = new StoreDriver(afterCut.Restart(Survival.Nothing));
        third.Store.Status.CutBytes.ShouldBe(0);
        third.Value("kept").ShouldBe([1, 2, 3]);
        third.Value("new").ShouldBe([4]);
        (third.Value("lost-1") is null || third.Value("lost-2") is null).ShouldBeTrue();
    }

    [Fact]
    public void What_is_served_after_a_failed_sync_and_a_restart_survives_the_next_power_cut()
    {
        var disk = new FakeDisk();
        var first = new StoreDriver(disk);
        disk.FailSyncs = true;
        first.Write("seen", [9]).ShouldBe(StoreOutcome.Failed);

        // The process restarts; the system still shows the page that it will never write.
        FakeDisk restarted = disk.Restart(Survival.All);
        var second = new StoreDriver(restarted);
        byte[]? served = second.Value("seen");
        served.ShouldBe([9]);

        new StoreDriver(restarted.Restart(Survival.Nothing)).Value("seen").ShouldBe(served);
    }

    [Theory]
    [InlineData(StoreSpace.Objects, Survival.All)]
    [InlineData(StoreSpace.Objects, Survival.Nothing)]
    [InlineData(StoreSpace.Objects, Survival.AnyPieces)]
    [InlineData(StoreSpace.Hints, Survival.All)]
    [InlineData(StoreSpace.Hints, Survival.Nothing)]
    [InlineData(StoreSpace.Hints, Survival.AnyPieces)]
    public void A_power_cut_at_any_byte_brings_nothing_back_that_was_removed(StoreSpace space, Survival survival)
    {
        StoreSpace other = space == StoreSpace.Objects ? StoreSpace.Hints : StoreSpace.Objects;
        bool ended = false;
        for (long bytes = 0; !ended; bytes++)
        {
            var disk = new FakeDisk();
            var driver = new StoreDriver(disk);
            driver.Write("a", [1], space);
            driver.Write("a", [2], other);
            driver.Write("b", [3], space);
            disk.BytesUntilPowerCut = bytes;
            int acknowledged = 0;
            try
            {
                driver.Remove("a", space).ShouldBe(StoreOutcome.Done);
                acknowledged = 1;
                driver.Write("a", [4], space).ShouldBe(StoreOutcome.Done);
                acknowledged = 2;
                driver.Remove("a", space).ShouldBe(StoreOutcome.Done);
                acknowledged = 3;
                ended = true;
            }
            catch (PowerCutException)
            {
                // The story ends here.
            }

            using var reopened = new StoreDriver(disk.Restart(survival, new RandomSource((ulong)bytes)));
            byte[]?[] story = [[1], null, [4], null];
            byte[]? found = reopened.Value("a", space);
            story.Skip(acknowledged).Take(2).ShouldContain(value => Same(value, found), $"after {bytes} bytes, {acknowledged} acknowledged");
            reopened.Value("a", other).ShouldBe([2]);
            reopened.Value("b", space).ShouldBe([3]);
            Enumerable.Range(0, 2).Sum(loop => reopened.Keys(loop, space).Count).ShouldBe(found is null ? 1 : 2);
        }
    }

    private static bool Same(byte[]? left, byte[]? right) =>
        left is null || right is null ? left == right : left.AsSpan().SequenceEqual(right);

    /// <summary>One fixed story: several keys, turns of one to three writes, dots, two segments, a reopening.</summary>
    private sealed class Run(FakeDisk disk)
    {
        private readonly List<byte[]>[] _written = Enumerable.Range(0, Keys).Select(_ => new List<byte[]>()).ToArray();
        private readonly int[] _acknowledged = Enumerable.Repeat(-1, Keys).ToArray();
        private readonly List<(ulong Actor, ulong First)> _dots = [];

        public void Play()
        {
            try
            {
                PlayTurns(1, 0, Turns / 2);
                PlayTurns(2, Turns / 2, Turns);
            }
            catch (PowerCutException)
            {
                // The story ends here.
            }
        }

        public void Check(FakeDisk after, long bytes)
        {
            using var driver = new StoreDriver(after, StoreDriver.Options(99));
            for (int key = 0; key < Keys; key++)
            {
                byte[]? value = driver.Value("key-" + key);
                int version = value is null ? -1 : _written[key].FindIndex(written => written.AsSpan().SequenceEqual(value));
                (value is null || version >= 0).ShouldBeTrue($"garbage in key {key} after {bytes} bytes");
                version.ShouldBeGreaterThanOrEqualTo(_acknowledged[key], $"key {key} after {bytes} bytes");
            }

            DotsReserved dots = driver.ReserveDots();
            foreach ((ulong actor, ulong first) in _dots)
                (dots.ActorId != actor || dots.First >= first + 10).ShouldBeTrue($"dots twice after {bytes} bytes");
        }

        private void PlayTurns(ulong seed, int from, int to)
        {
            var driver = new StoreDriver(disk, StoreDriver.Options(seed));
            for (int turn = from; turn < to; turn++)
            {
                var staged = new List<(int Key, int Version)>();
                for (int write = 0; write <= turn % 3; write++)
                {
                    int key = ((turn * 3) + write) % Keys;
                    byte[] value = Enumerable.Repeat((byte)(turn + 1), 150 + (turn * 7)).ToArray();
                    value[0] = (byte)write;
                    _written[key].Add(value);
                    staged.Add((key, _written[key].Count - 1));
                    driver.Stage("key-" + key, value);
                }

                if (turn % 4 == 0)
                    driver.StageDots();
                driver.Commit();
                driver.Answers.Values.ShouldAllBe(outcome => outcome == StoreOutcome.Done);
                foreach ((int key, int version) in staged)
                    _acknowledged[key] = version;
                _dots.AddRange(driver.Dots.Select(dots => (dots.ActorId, dots.First)));
                driver.Dots.Clear();
            }

            driver.Store.Abandon();
        }
    }
}
