using AkkaKv.Core.Hints;
using AkkaKv.Core.Kernel;
using AkkaKv.Core.Versions;
using Xunit.Abstractions;

namespace AkkaKv.Core.Tests.Hints;

public sealed class HintCodecTests(ITestOutputHelper output)
{
    private static readonly SiblingSet Set = HintWorld.Set(1, 2);

    private static readonly HintRecord Sample = HintRecord.Empty
        .With(new NodeId("node-é"), Set, SiblingSetCodec.Encode(Set), 1_700_000_000_000)
        .With(new NodeId("node-2"), Set, SiblingSetCodec.Encode(Set), -5);

    [Fact]
    public void What_was_encoded_is_decoded()
    {
        HintCodec.TryDecode(HintCodec.Encode(Sample), out HintRecord decoded).ShouldBeTrue();
        decoded.Targets.ToArray().ShouldBe([new HintTarget(new NodeId("node-2"), -5), new HintTarget(new NodeId("node-é"), 1_700_000_000_000)]);
        decoded.Object.ToArray().ShouldBe(SiblingSetCodec.Encode(Set).ToArray());
        decoded.Set.Seen.ShouldBe(Set.Seen);
    }

    [Fact]
    public void The_bytes_of_format_1_never_change()
    {
        // A release that reads another format than it wrote loses hints: change the format byte, not this vector.
        Convert.ToHexStringLower(HintCodec.Encode(Sample).Span).ShouldBe(
            "0102" + "066e6f64652d32" + "fbffffffffffffff" + "076e6f64652dc3a9" + "0068e5cf8b010000"
            + Convert.ToHexStringLower(SiblingSetCodec.Encode(Set).Span));
    }

    [Fact]
    public void No_bytes_are_nothing_kept()
    {
        HintCodec.TryDecode(default, out HintRecord record).ShouldBeTrue();
        record.IsEmpty.ShouldBeTrue();
    }

    [Fact]
    public void Cut_anywhere_it_is_refused()
    {
        ReadOnlyMemory<byte> bytes = HintCodec.Encode(Sample);
        for (int length = 1; length < bytes.Length; length++)
            HintCodec.TryDecode(bytes[..length], out _).ShouldBeFalse($"cut to {length} bytes");
    }

    [Fact]
    public void More_targets_than_allowed_are_refused()
    {
        HintRecord many = HintRecord.Empty;
        for (int i = 0; i <= HintCodec.TargetsMax; i++)
            many = many.With(new NodeId($"node-{i}"), Set, SiblingSetCodec.Encode(Set), 1);
        HintCodec.TryDecode(HintCodec.Encode(many), out _).ShouldBeFalse();
        HintCodec.TryDecode(HintCodec.Encode(many.Without(new NodeId("node-0"))), out _).ShouldBeTrue();
    }

    [Fact]
    public void Changed_bytes_are_refused_or_decode_to_what_encodes_to_them()
    {
        ulong seed = (ulong)Random.Shared.NextInt64();
        output.WriteLine($"seed {seed}");
        var random = new RandomSource(seed);
        byte[] bytes = HintCodec.Encode(Sample).ToArray();
        int refused = 0;
        for (int round = 0; round < 20_000; round++)
        {
            byte[] changed = [.. bytes];
            for (int flips = 1 + random.Next(3); flips > 0; flips--)
                changed[random.Next(changed.Length)] = (byte)random.Next(256);
            if (HintCodec.TryDecode(changed, out HintRecord record))
                HintCodec.Encode(record).ToArray().ShouldBe(changed, $"seed {seed}, round {round}");
            else
                refused++;
        }

        refused.ShouldBeGreaterThan(1_000);
    }

    [Fact]
    public void Noise_never_throws()
    {
        ulong seed = (ulong)Random.Shared.NextInt64();
        output.WriteLine($"seed {seed}");
        var random = new RandomSource(seed);
        for (int round = 0; round < 20_000; round++)
        {
            var noise = new byte[1 + random.Next(60)];
            for (int i = 0; i < noise.Length; i++)
                noise[i] = (byte)random.NextUInt64();
            noise[0] = HintCodec.Format;
            noise[^1] = (byte)random.Next(3);
            HintCodec.TryDecode(noise, out _);
        }
    }

    [Fact]
    public void What_replaces_all_makes_a_record_young_again_and_what_joins_does_not()
    {
        var target = new NodeId("node-2");
        SiblingSet replaced = HintWorld.Over(Set, 3);
        SiblingSet beside = HintWorld.Set(4);
        Sample.With(target, replaced, SiblingSetCodec.Encode(replaced), 77).KeptAtMillisOf(target).ShouldBe(77);
        HintRecord joined = Sample.With(target, beside, SiblingSetCodec.Encode(beside), 77);
        joined.KeptAtMillisOf(target).ShouldBe(-5);
        joined.Set.Count.ShouldBe(3);
        joined.Object.ToArray().ShouldBe(SiblingSetCodec.Encode(joined.Set).ToArray());
        joined.KeptAtMillisOf(new NodeId("node-é")).ShouldBe(1_700_000_000_000);
    }
}
