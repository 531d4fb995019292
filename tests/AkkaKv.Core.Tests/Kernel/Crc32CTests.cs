using AkkaKv.Core.Kernel;

namespace AkkaKv.Core.Tests.Kernel;

public class Crc32CTests
{
    // RFC 3720, B.4, and the check value that every catalogue gives.
    [Fact]
    public void Checksums_are_the_published_ones()
    {
        Crc32C.Of("123456789"u8).ShouldBe(0xE3069283);
        Crc32C.Of(new byte[32]).ShouldBe(0x8A9136AA);
        Crc32C.Of(Enumerable.Repeat((byte)0xFF, 32).ToArray()).ShouldBe(0x62A8AB43u);
        Crc32C.Of(Enumerable.Range(0, 32).Select(i => (byte)i).ToArray()).ShouldBe(0x46DD794Eu);
        Crc32C.Of([]).ShouldBe(0u);
    }

    [Fact]
    public void A_running_state_gives_what_the_whole_gives_wherever_it_is_cut()
    {
        byte[] bytes = Enumerable.Range(0, 40).Select(i => (byte)(i * 37)).ToArray();
        for (int cut = 0; cut <= bytes.Length; cut++)
            (~Crc32C.Continue(Crc32C.Continue(uint.MaxValue, bytes.AsSpan(0, cut)), bytes.AsSpan(cut))).ShouldBe(Crc32C.Of(bytes), $"cut at {cut}");
        (~Crc32C.Continue(uint.MaxValue, 0x0807060504030201UL)).ShouldBe(Crc32C.Of([1, 2, 3, 4, 5, 6, 7, 8]));
    }
}
