using AkkaKv.Storage.Log;

namespace AkkaKv.Storage.Tests.Log;

public class RecordFormatTests
{
    private static readonly uint Seed = RecordFormat.StoreSeed(0x1234);
    private static readonly LogPosition At = new(3, 640);
    private static readonly LogPosition Floor = new(3, 64);

    [Theory]
    [InlineData(0, 0)]
    [InlineData(1, 0)]
    [InlineData(3, 1)]
    [InlineData(17, 100)]
    [InlineData(1089, 70_000)]
    public void A_record_reads_as_it_was_written(int keyBytes, int objectBytes)
    {
        byte[] key = Enumerable.Range(0, keyBytes).Select(i => (byte)i).ToArray();
        byte[] value = Enumerable.Range(0, objectBytes).Select(i => (byte)(i * 7)).ToArray();
        byte[] bytes = Written(key, value);
        RecordFormat.TryRead(bytes, Seed, At, out RecordView record).ShouldBeTrue();
        record.Type.ShouldBe(RecordType.Put);
        record.Floor.ShouldBe(Floor);
        record.Key.ToArray().ShouldBe(key);
        record.Object.ToArray().ShouldBe(value);
        record.Bytes.ShouldBe(bytes.Length);
        (record.Bytes % RecordFormat.Alignment).ShouldBe(0);
    }

    [Fact]
    public void A_record_with_any_bit_flipped_or_any_byte_missing_is_none()
    {
        byte[] bytes = Written([1, 2, 3], [4, 5, 6, 7, 8]);
        for (int bit = 0; bit < bytes.Length * 8; bit++)
        {
            bytes[bit / 8] ^= (byte)(1 << (bit % 8));
            RecordFormat.TryRead(bytes, Seed, At, out _).ShouldBeFalse($"bit {bit}");
            bytes[bit / 8] ^= (byte)(1 << (bit % 8));
        }

        for (int length = 0; length < bytes.Length; length++)
            RecordFormat.TryRead(bytes.AsSpan(0, length), Seed, At, out _).ShouldBeFalse($"{length} bytes");
    }

    [Fact]
    public void A_record_at_another_place_or_of_another_store_is_none()
    {
        byte[] bytes = Written([1, 2, 3], [4, 5, 6, 7, 8]);
        RecordFormat.TryRead(bytes, Seed, At with { Offset = 648 }, out _).ShouldBeFalse();
        RecordFormat.TryRead(bytes, Seed, At with { Segment = 4 }, out _).ShouldBeFalse();
        RecordFormat.TryRead(bytes, RecordFormat.StoreSeed(0x1235), At, out _).ShouldBeFalse();
    }

    [Fact]
    public void Positions_are_ordered_as_the_log_is()
    {
        (new LogPosition(1, 900) < new LogPosition(2, 64)).ShouldBeTrue();
        (new LogPosition(2, 64) < new LogPosition(2, 72)).ShouldBeTrue();
        LogPosition.Unpack(At.Packed).ShouldBe(At);
    }

    [Theory]
    [InlineData("segment-0000000007.log", true, 7u)]
    [InlineData("segment-0000000007.new", false, 0u)]
    [InlineData("manifest", false, 0u)]
    [InlineData("segment-x.log", false, 0u)]
    public void Segment_names(string name, bool valid, uint number)
    {
        SegmentHeader.TryParseFileName(name, out uint found).ShouldBe(valid);
        if (valid)
            (found, SegmentHeader.FileName(number)).ShouldBe((number, name));
    }

    private static byte[] Written(byte[] key, byte[] value)
    {
        // What the buffer held before must not show through.
        byte[] bytes = Enumerable.Repeat((byte)0xEE, RecordFormat.SizeOf(key.Length, value.Length)).ToArray();
        RecordFormat.Write(bytes, Seed, At, Floor, RecordType.Put, key, value);
        return bytes;
    }
}
