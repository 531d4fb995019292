using System.Buffers.Binary;
using System.Text;
using AkkaKv.Core.Kernel;
using AkkaKv.Storage.Index;
using AkkaKv.Storage.Log;
using Xunit.Abstractions;

namespace AkkaKv.Storage.Tests.Index;

public class KeyIndexTests(ITestOutputHelper output)
{
    private const int BytesPerKeyMax = 40;

    [Fact]
    public void A_key_costs_at_most_40_bytes_beyond_itself_at_every_size()
    {
        const int keys = 1_000_000;
        const int keyBytes = 21;
        var index = new KeyIndex();
        var key = new byte[keyBytes];
        double worst = 0;
        long before = GC.GetTotalMemory(forceFullCollection: true);
        for (int i = 1; i <= keys; i++)
        {
            BinaryPrimitives.WriteInt32LittleEndian(key, i);
            index.Put(key, StableHash.Of(key), new LogPosition(1, (uint)i), 100);
            if (i >= 100_000 && i % 1000 == 0)
                worst = Math.Max(worst, (double)index.Bytes / i);
        }

        double accounted = ((double)index.Bytes / keys) - keyBytes;
        double allocated = ((double)(GC.GetTotalMemory(forceFullCollection: true) - before) / keys) - keyBytes;
        GC.KeepAlive(index);
        output.WriteLine($"per key beyond the key: {accounted:F2} bytes accounted, {allocated:F2} allocated, {worst - keyBytes:F2} at worst on the way");
        accounted.ShouldBeLessThanOrEqualTo(BytesPerKeyMax);
        allocated.ShouldBeLessThanOrEqualTo(BytesPerKeyMax);
        (worst - keyBytes).ShouldBeLessThanOrEqualTo(BytesPerKeyMax);
    }

    [Theory]
    [InlineData(11, 0xFF00_00FF_0000_0000)]
    [InlineData(12, 0xF000_0000_0000_0000)]
    [InlineData(13, 0xFFFF_FFFF_FFFF_FFFF)]
    [InlineData(14, 0)]
    public void The_index_agrees_with_a_dictionary(ulong seed, ulong mask)
    {
        var random = new RandomSource(seed);
        var index = new KeyIndex();
        var twin = new Dictionary<string, (LogPosition At, int Bytes)>(StringComparer.Ordinal);
        for (int step = 0; step < 20_000; step++)
        {
            string name = "key-" + random.Next(5000);
            byte[] key = Encoding.ASCII.GetBytes(name);
            // Few different hashes: keys that collide in all 32 bits that are kept must still be told apart.
            ulong hash = StableHash.Of(key) & mask;
            switch (random.Next(step < 10_000 ? 4 : 3))
            {
                case 0:
                    index.Remove(key, hash).ShouldBe(twin.Remove(name), $"seed {seed}, step {step}");
                    break;
                case 1:
                    break;
                default:
                    var place = (new LogPosition(1 + (uint)random.Next(9), (uint)random.Next(1000)), 24 + random.Next(1000));
                    index.Put(key, hash, place.Item1, place.Item2);
                    twin[name] = place;
                    break;
            }

            bool found = index.TryFind(key, hash, out LogPosition at, out int bytes);
            found.ShouldBe(twin.TryGetValue(name, out (LogPosition At, int Bytes) expected), $"seed {seed}, step {step}");
            (at, bytes).ShouldBe(expected, $"seed {seed}, step {step}");
        }

        index.Count.ShouldBe(twin.Count);
        index.LiveBytes.ShouldBe(twin.Values.Sum(place => (long)place.Bytes));
    }

    [Fact]
    public void Keys_of_every_length_fit_the_arena()
    {
        var index = new KeyIndex();
        for (int length = 1; length <= StoreKey.BytesMax; length++)
        {
            byte[] key = Enumerable.Repeat((byte)length, length).ToArray();
            index.Put(key, StableHash.Of(key), new LogPosition(1, (uint)length), length);
        }

        for (int length = 1; length <= StoreKey.BytesMax; length++)
        {
            byte[] key = Enumerable.Repeat((byte)length, length).ToArray();
            index.TryFind(key, StableHash.Of(key), out _, out int bytes).ShouldBeTrue();
            bytes.ShouldBe(length);
        }
    }
}
