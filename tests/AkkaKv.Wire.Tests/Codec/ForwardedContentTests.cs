using AkkaKv.Core.Gateway;
using AkkaKv.Core.Kernel;
using AkkaKv.Core.Versions;
using AkkaKv.Wire.Codec;
using System.Buffers;

namespace AkkaKv.Wire.Tests.Codec;

/// <summary>What a forwarded write brings is stored for ever: what could not be read back is refused at the door.</summary>
public sealed class ForwardedContentTests
{
    private const long LastMillis = 253_402_300_799_999; // The end of the year 9999.

    [Theory]
    [InlineData(LastMillis + 1, 0)]
    [InlineData(0, LastMillis + 1)]
    [InlineData(0, long.MinValue)]
    public void A_time_that_is_none_is_refused(long writtenAt, long expiresAt) =>
        Should.Throw<WireFormatException>(() => Travel(new ValueContent("v"u8.ToArray(), null, writtenAt, expiresAt)));

    [Fact]
    public void A_content_type_that_the_store_could_not_read_back_is_refused() =>
        Should.Throw<WireFormatException>(() => Travel(new ValueContent("v"u8.ToArray(), new string('é', 200), 0)));

    [Fact]
    public void The_last_moment_and_the_longest_content_type_pass() =>
        Should.NotThrow(() => Travel(new ValueContent("v"u8.ToArray(), new string('a', 255), 0, LastMillis)));

    private static void Travel(ValueContent content)
    {
        var output = new ArrayBufferWriter<byte>();
        var put = new GatewayForwardedPut(
            StoreKey.Of("b", "k"u8), VersionVector.Empty, content, false, 3, 2, 2, false, 1_000, 7, new Address(MessageGenerator.Sender, ActorRole.Request, 1));
        WireCodec.Instance.Encode(MessageGenerator.Sender, ActorRole.Gateway, 0, put, output);
        WireCodec.Instance.TryDecode(MessageGenerator.Sender, output.WrittenSpan, out _);
    }
}
