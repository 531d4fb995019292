using System.Text;
using AkkaKv.Core.Kernel;
using AkkaKv.Storage.Index;
using AkkaKv.Storage.Log;
using Xunit.Abstractions;

namespace AkkaKv.Storage.Tests.Index;

public class ScanTests(ITestOutputHelper output)
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(5)]
    [InlineData(6)]
    public void A_scan_tells_what_stays_exactly_once_and_what_comes_or_goes_at_most_once(ulong seed) => Check(seed);

    [Fact]
    public void A_scan_from_a_seed_of_today()
    {
        ulong seed = (ulong)Environment.TickCount64;
        output.WriteLine($"seed {seed}: add it to the theory above when it fails");
        Check(seed);
    }

    [Fact]
    public void A_part_is_bounded_and_a_small_range_costs_what_it_holds()
    {
        const int keys = 200_000;
        const int partitions = 1024;
        var index = new KeyIndex();
        for (int i = 0; i < keys; i++)
            Put(index, KeyOf(i));
        foreach (ulong partition in new ulong[] { 0, 511, partitions - 1 })
        {
            ulong first = partition << 54;
            var found = new List<StoreKey>();
            index.Scan(first, first + ((1UL << 54) - 1), 0, found).ShouldBe(-1, "one part is enough");
            found.Count.ShouldBeInRange(100, 300);
        }

        int told = 0;
        int parts = 0;
        for (long cursor = 0; cursor >= 0; parts++)
        {
            var found = new List<StoreKey>();
            cursor = index.Scan(0, ulong.MaxValue, cursor, found);
            found.Count.ShouldBeLessThan(1024 + 717);
            told += found.Count;
        }

        told.ShouldBe(keys);
        parts.ShouldBeInRange(keys / (1024 + 717), (keys / 1024) + 1);
    }

    [Fact]
    public void An_index_that_was_emptied_is_scanned_in_few_parts_and_used_again()
    {
        const int keys = 100_000;
        var index = new KeyIndex();
        long full = 0;
        for (int round = 0; round < 3; round++)
        {
            for (int i = 0; i < keys; i++)
                Put(index, KeyOf(i));
            full = full == 0 ? index.Bytes : full;
            index.Bytes.ShouldBeInRange(full * 95 / 100, full * 105 / 100, "what was removed is used again");
            for (int i = 0; i < keys; i++)
                index.Remove(KeyOf(i).Bytes.Span, KeyOf(i).Hash);
            (index.Count, index.LiveBytes).ShouldBe((0, 0));
            var found = new List<StoreKey>();
            index.Scan(0, ulong.MaxValue, 0, found).ShouldBe(-1);
            found.ShouldBeEmpty();
        }
    }

    // Partitions that belong to other loops leave holes in the hashes of this one.
    [Fact]
    public void Keys_of_every_sixteenth_of_many_partitions_are_found_as_fast_as_others()
    {
        var index = new KeyIndex();
        var keys = new List<StoreKey>();
        for (int i = 0; keys.Count < 20_000; i++)
        {
            StoreKey key = KeyOf(i);
            if ((key.Hash >> 50) % 16 != 3)
                continue;
            keys.Add(key);
            Put(index, key);
        }

        ((index.Bytes / keys.Count) - keys[0].Bytes.Length).ShouldBeLessThan(60);
        var found = new List<StoreKey>();
        for (long cursor = 0; cursor >= 0;)
            cursor = index.Scan(0, ulong.MaxValue, cursor, found);
        found.ShouldBe(keys, ignoreOrder: true);
    }

    private static void Check(ulong seed)
    {
        var random = new RandomSource(seed);
        var index = new KeyIndex();
        var present = new HashSet<int>();
        int range = 1 + random.Next(60_000);
        for (int i = random.Next(range); i > 0; i--)
            Change(index, present, random.Next(range), true);
        for (int scan = 0; scan < 4; scan++)
        {
            ulong one = random.NextUInt64() >> random.Next(3);
            ulong other = random.Next(3) == 0 ? ulong.MaxValue : random.NextUInt64();
            (ulong first, ulong last) = (Math.Min(one, other), Math.Max(one, other));
            var stayed = new HashSet<int>(present);
            var told = new HashSet<StoreKey>();
            int changes = random.Next(3000);
            bool grows = random.Next(2) == 0;
            for (long cursor = 0; cursor >= 0;)
            {
                var part = new List<StoreKey>();
                cursor = index.Scan(first, last, cursor, part);
                foreach (StoreKey key in part)
                {
                    bool right = told.Add(key) && present.Contains(NumberOf(key)) && key.Hash >= first && key.Hash <= last;
                    if (!right)
                        Assert.Fail($"seed {seed}: {key} is told twice, or is not there, or is out of the range");
                }

                for (int i = 0; i < changes; i++)
                {
                    int number = random.Next(range);
                    bool adds = random.Next(grows ? 4 : 2) > 0;
                    if (!adds)
                        stayed.Remove(number);
                    Change(index, present, number, adds);
                }
            }

            foreach (int number in stayed)
            {
                StoreKey key = KeyOf(number);
                if (told.Contains(key) != (key.Hash >= first && key.Hash <= last))
                    Assert.Fail($"seed {seed}: {key} stayed from the first part to the last");
            }
        }

        index.Count.ShouldBe(present.Count, $"seed {seed}");
    }

    private static void Change(KeyIndex index, HashSet<int> present, int number, bool adds)
    {
        StoreKey key = KeyOf(number);
        if (adds)
        {
            Put(index, key);
            present.Add(number);
        }
        else if (index.Remove(key.Bytes.Span, key.Hash) != present.Remove(number))
        {
            Assert.Fail($"{key} is there for one and not for the other");
        }
    }

    private static void Put(KeyIndex index, StoreKey key) => index.Put(key.Bytes.Span, key.Hash, new LogPosition(1, 64), 32);

    private static StoreKey KeyOf(int number) => StoreKey.Of("b", Encoding.ASCII.GetBytes(number.ToString(System.Globalization.CultureInfo.InvariantCulture)));

    private static int NumberOf(StoreKey key) =>
        int.Parse(Encoding.ASCII.GetString(key.Name.Span), System.Globalization.CultureInfo.InvariantCulture);
}
