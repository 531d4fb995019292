using AkkaKv.Core.Kernel;
using AkkaKv.Core.Versions;
using Xunit.Abstractions;

namespace AkkaKv.Core.Tests.Versions;

public sealed class SiblingSetCodecTests(ITestOutputHelper output)
{
    private static readonly SiblingSet Sample = SiblingSet.Empty
        .Put(VersionVector.Empty, new Dot(7, 3), new ValueContent("hello"u8.ToArray(), "text/plain", 1_700_000_000_000))
        .Put(VersionVector.Empty, new Dot(9, 1000), new ValueContent("bye"u8.ToArray(), null, 1_700_000_000_001, 1_800_000_000_000))
        .Put(VersionVector.Empty, new Dot(9, 1001), new ValueContent(default, null, 5, IsTombstone: true));

    [Fact]
    public void What_was_encoded_is_decoded()
    {
        SiblingSetCodec.TryDecode(SiblingSetCodec.Encode(Sample), out SiblingSet decoded).ShouldBeTrue();
        decoded.Seen.ShouldBe(Sample.Seen);
        decoded.Count.ShouldBe(3);
        decoded.Values[0].Content.ContentType.ShouldBe("text/plain");
        decoded.Values[0].Content.Payload.ToArray().ShouldBe("hello"u8.ToArray());
        decoded.Values[1].Content.ExpiresAtMillis.ShouldBe(1_800_000_000_000);
        decoded.Values[2].Content.IsTombstone.ShouldBeTrue();
        SiblingSetCodec.Encode(decoded).ToArray().ShouldBe(SiblingSetCodec.Encode(Sample).ToArray());
    }

    [Fact]
    public void The_bytes_of_format_1_never_change()
    {
        // A release that reads another format than it wrote loses data: change the format byte, not this vector.
        Convert.ToHexStringLower(SiblingSetCodec.Encode(Sample).Span).ShouldBe(
            "0102070000000000000003" + "0900000000000000e907" + "03"
            + "000304" + "0068e5cf8b010000" + "0a746578742f706c61696e" + "0568656c6c6f"
            + "01e80702" + "0168e5cf8b010000" + "00505c18a3010000" + "03627965"
            + "01e90701" + "0500000000000000" + "00");
    }

    [Fact]
    public void No_bytes_are_the_empty_set()
    {
        SiblingSetCodec.TryDecode(default, out SiblingSet set).ShouldBeTrue();
        set.Seen.IsEmpty.ShouldBeTrue();
    }

    [Theory]
    [InlineData(253_402_300_800_000, 0)]
    [InlineData(0, 253_402_300_800_000)]
    [InlineData(-62_135_596_800_001, 0)]
    [InlineData(0, long.MinValue)]
    public void A_time_that_no_reader_could_show_is_refused(long writtenAt, long expiresAt)
    {
        // It came from a peer, and stopped every node that read the key.
        SiblingSet set = SiblingSet.Empty.Put(VersionVector.Empty, new Dot(1, 1), new ValueContent("v"u8.ToArray(), null, writtenAt, expiresAt));
        SiblingSetCodec.TryDecode(SiblingSetCodec.Encode(set), out _).ShouldBeFalse();
    }

    [Fact]
    public void Cut_anywhere_it_is_refused()
    {
        ReadOnlyMemory<byte> bytes = SiblingSetCodec.Encode(Sample);
        for (int length = 1; length < bytes.Length; length++)
            SiblingSetCodec.TryDecode(bytes[..length], out _).ShouldBeFalse($"cut to {length} bytes");
    }

    [Fact]
    public void Changed_bytes_are_refused_or_decode_to_what_encodes_to_them()
    {
        ulong seed = (ulong)Random.Shared.NextInt64();
        output.WriteLine($"seed {seed}");
        var random = new RandomSource(seed);
        byte[] bytes = SiblingSetCodec.Encode(Sample).ToArray();
        for (int round = 0; round < 20_000; round++)
        {
            byte[] changed = [.. bytes];
            for (int flips = 1 + random.Next(3); flips > 0; flips--)
                changed[random.Next(changed.Length)] = (byte)random.Next(256);
            if (SiblingSetCodec.TryDecode(changed, out SiblingSet set) && set.Values.ToArray().All(value => value.Content.ContentType is null or "text/plain"))
                SiblingSetCodec.Encode(set).ToArray().ShouldBe(changed, $"seed {seed}, round {round}");
        }
    }
}
