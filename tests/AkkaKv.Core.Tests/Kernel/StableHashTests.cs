using System.Text;
using AkkaKv.Core.Kernel;

namespace AkkaKv.Core.Tests.Kernel;

public class StableHashTests
{
    private const ulong Prime32 = 2654435761;
    private const ulong Prime64 = 11400714785074694797;

    [Theory]
    [InlineData("", 0xEF46DB3751D8E999)]
    [InlineData("a", 0xD24EC4F1A98C6E5B)]
    [InlineData("abc", 0x44BC2CF5AD770999)]
    [InlineData("message digest", 0x066ED728FCEEB3BE)]
    [InlineData("abcdefghijklmnopqrstuvwxyz", 0xCFE1F278FA89835C)]
    [InlineData("Nobody inspects the spammish repetition", 0xFBCEA83C8A378BF1)]
    [InlineData("12345678901234567890123456789012345678901234567890123456789012345678901234567890", 0xE04A477F19EE145D)]
    public void Text_has_its_published_hash(string text, ulong expected) =>
        StableHash.Of(Encoding.ASCII.GetBytes(text)).ShouldBe(expected);

    // The buffer and the hashes of the reference implementation's own sanity check.
    [Theory]
    [InlineData(0, 0, 0xEF46DB3751D8E999)]
    [InlineData(0, Prime32, 0xAC75FDA2929B17EF)]
    [InlineData(1, 0, 0xE934A84ADB052768)]
    [InlineData(1, Prime32, 0x5014607643A9B4C3)]
    [InlineData(4, 0, 0x9136A0DCA57457EE)]
    [InlineData(14, 0, 0x8282DCC4994E35C8)]
    [InlineData(14, Prime32, 0xC3BD6BF63DEB6DF0)]
    [InlineData(222, 0, 0xB641AE8CB691C174)]
    [InlineData(222, Prime32, 0x20CB8AB7AE10C14A)]
    public void Sanity_buffer_has_its_published_hash(int length, ulong seed, ulong expected) =>
        StableHash.Of(SanityBuffer(length), seed).ShouldBe(expected);

    [Fact]
    public void Every_length_from_0_to_100_agrees_with_the_dumb_twin()
    {
        byte[] buffer = SanityBuffer(100);
        for (int length = 0; length <= buffer.Length; length++)
        {
            foreach (ulong seed in new ulong[] { 0, 1, Prime32, ulong.MaxValue })
                StableHash.Of(buffer.AsSpan(0, length), seed).ShouldBe(XxHash64Twin.Of(buffer[..length], seed), $"length {length}, seed {seed}");
        }
    }

    private static byte[] SanityBuffer(int length)
    {
        var buffer = new byte[length];
        ulong generator = Prime32;
        for (int i = 0; i < length; i++)
        {
            buffer[i] = (byte)(generator >> 56);
            generator *= Prime64;
        }

        return buffer;
    }
}
