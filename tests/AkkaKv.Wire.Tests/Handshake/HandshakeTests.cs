using AkkaKv.Core.Kernel;
using AkkaKv.Wire.Codec;
using AkkaKv.Wire.Frames;
using AkkaKv.Wire.Handshake;
using Xunit.Abstractions;

namespace AkkaKv.Wire.Tests.Handshake;

public sealed class HandshakeTests(ITestOutputHelper output)
{
    private static readonly Hello FromB = new(1, 3, "c", "b", "a", 256, MessageClass.Bulk, 0xAB);

    [Fact]
    public void Both_sides_words_come_back()
    {
        HandshakeCodec.ReadHello(Written(buffer => HandshakeCodec.Write(FromB, buffer))).ShouldBe(FromB);
        var answer = new HelloAnswer(FromB, "no");
        HandshakeCodec.ReadAnswer(Written(buffer => HandshakeCodec.Write(answer, buffer))).ShouldBe(answer);
        HandshakeCodec.ReadAnswer(Written(buffer => HandshakeCodec.Write(answer with { Refusal = null }, buffer))).Refusal.ShouldBeNull();
    }

    [Fact]
    public void It_is_found_only_when_it_is_whole()
    {
        byte[] whole = Written(buffer => HandshakeCodec.Write(FromB, buffer));
        for (int length = 0; length < whole.Length; length++)
        {
            HandshakeCodec.TryFind(whole.AsSpan(0, length), out int needed).ShouldBeFalse();
            needed.ShouldBeGreaterThan(length);
        }

        HandshakeCodec.TryFind([.. whole, 1, 2, 3], out int bytes).ShouldBeTrue();
        bytes.ShouldBe(whole.Length);
    }

    [Fact]
    public void Noise_is_a_format_error_and_nothing_else()
    {
        ulong seed = (ulong)Random.Shared.NextInt64();
        output.WriteLine($"seed {seed}");
        var random = new RandomSource(seed);
        byte[] whole = Written(buffer => HandshakeCodec.Write(new HelloAnswer(FromB, "because"), buffer));
        for (int i = 0; i < 20_000; i++)
        {
            byte[] body = whole[(HandshakeCodec.Magic.Length + FrameCodec.HeaderBytes)..];
            for (int flips = random.Next(6); flips >= 0; flips--)
                body[random.Next(body.Length)] ^= (byte)(1 + random.Next(255));
            byte[] bytes = [.. whole[..(HandshakeCodec.Magic.Length + FrameCodec.HeaderBytes)], .. body[..random.Next(body.Length + 1)]];
            Hostile(() => HandshakeCodec.ReadAnswer(bytes));
            Hostile(() => HandshakeCodec.ReadHello(bytes));
        }
    }

    [Fact]
    public void Another_protocol_is_told_apart_by_its_first_byte() =>
        Should.Throw<WireFormatException>(() => HandshakeCodec.TryFind("G"u8, out _)).Message.ShouldContain("found 'G'");

    [Fact]
    public void A_large_handshake_is_refused_from_its_header() =>
        Should.Throw<WireFormatException>(() => HandshakeCodec.TryFind([.. HandshakeCodec.Magic, 1, 16, 0, 0, 0, 0, 0, 0], out _)).Message.ShouldContain("4097");

    [Fact]
    public void What_fits_is_not_refused()
    {
        var a = new Hello(2, 4, "c", "a", "b", 256, MessageClass.Bulk);
        a.RefusalOf(FromB).ShouldBeNull();
        (a with { ProtocolMin = 4 }).RefusalOf(FromB).ShouldNotBeNull().ShouldContain("Upgrade the older node");
        (a with { Node = "x" }).RefusalOf(FromB).ShouldNotBeNull().ShouldContain("Correct the member list of b");
    }

    [Fact]
    public void Clusters_are_told_apart_by_their_ids_once_both_know_theirs()
    {
        var a = new Hello(1, 2, "c", "a", "b", 256, MessageClass.Bulk, 0xCD);
        a.RefusalOf(FromB).ShouldNotBeNull().ShouldContain("wrong cluster: a belongs to cluster 'c' with the id 00000000000000cd");
        (a with { ClusterId = 0 }).RefusalOf(FromB).ShouldBeNull();
        a.RefusalOf(FromB with { ClusterId = 0 }).ShouldBeNull();
        a.RefusalOf(FromB with { ClusterId = 0xCD }).ShouldBeNull();
    }

    [Fact]
    public void Two_nodes_speak_the_newest_version_that_both_know()
    {
        var a = new Hello(1, 2, "c", "a", "b", 256, MessageClass.Bulk);
        a.VersionWith(FromB with { ProtocolMax = 1 }).ShouldBe(1);
        a.VersionWith(FromB).ShouldBe(2);
    }

    private static byte[] Written(Action<FrameBuffer> write)
    {
        using var buffer = new FrameBuffer(1024);
        write(buffer);
        return buffer.Written.ToArray();
    }

    private static void Hostile(Action read)
    {
        try
        {
            read();
        }
        catch (WireFormatException)
        {
            // The only one that is allowed.
        }
    }
}
