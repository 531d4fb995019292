using System.Text;
using AkkaKv.Wire.Codec;
using AkkaKv.Wire.Frames;
using Google.Protobuf;

namespace AkkaKv.Wire.Handshake;

/// <summary>The first bytes each way of a connection: eight that name the protocol, then one frame.</summary>
public static class HandshakeCodec
{
    /// <summary>The largest body of a handshake: a stranger can make a node hold no more than this.</summary>
    public const int BodyBytesMax = 4096;

    /// <summary>Longest name or reason that is believed.</summary>
    private const int TextCharsMax = 1024;

    /// <summary>The first bytes each way.</summary>
    public static ReadOnlySpan<byte> Magic => "AKKAKV\r\n"u8;

    /// <summary>Appends the dialler's words.</summary>
    public static void Write(Hello hello, FrameBuffer output) => WriteFramed(ToProto(hello), output);

    /// <summary>Appends the acceptor's words.</summary>
    public static void Write(HelloAnswer answer, FrameBuffer output) =>
        WriteFramed(new V1.HelloAnswer { Hello = ToProto(answer.Hello), Refusal = answer.Refusal ?? "" }, output);

    /// <summary>Looks for magic and frame at the start of what has been received.</summary>
    /// <param name="handshakeBytes">What to consume when found, else the least to wait for.</param>
    /// <exception cref="WireFormatException">The other side speaks something else.</exception>
    public static bool TryFind(ReadOnlySpan<byte> received, out int handshakeBytes)
    {
        int magicBytes = Math.Min(received.Length, Magic.Length);
        if (!received[..magicBytes].SequenceEqual(Magic[..magicBytes]))
            throw new WireFormatException($"A peer starts with AKKAKV; found {Printable(received)}. Something else speaks to the peer port.");
        handshakeBytes = Magic.Length + FrameCodec.HeaderBytes;
        if (received.Length < handshakeBytes)
            return false;
        bool found = FrameCodec.TryRead(received[Magic.Length..], BodyBytesMax, out int frameBytes);
        handshakeBytes = Magic.Length + frameBytes;
        return found;
    }

    /// <summary>Reads the dialler's words from what <see cref="TryFind"/> found.</summary>
    public static Hello ReadHello(ReadOnlySpan<byte> handshake) => FromProto(Parse(V1.Hello.Parser, handshake));

    /// <summary>Reads the acceptor's words.</summary>
    public static HelloAnswer ReadAnswer(ReadOnlySpan<byte> handshake)
    {
        V1.HelloAnswer answer = Parse(V1.HelloAnswer.Parser, handshake);
        if (answer.Hello is null)
            throw new WireFormatException("A handshake answer names its node; found none.");
        string refusal = Checked(answer.Refusal, "refusal");
        return new HelloAnswer(FromProto(answer.Hello), refusal.Length == 0 ? null : refusal);
    }

    private static void WriteFramed(IMessage message, FrameBuffer output)
    {
        Magic.CopyTo(output.GetSpan(Magic.Length));
        output.Advance(Magic.Length);
        int start = output.BeginFrame();
        message.WriteTo(output);
        output.EndFrame(start);
    }

    private static V1.Hello ToProto(Hello hello) => new()
    {
        ProtocolMin = (uint)hello.ProtocolMin,
        ProtocolMax = (uint)hello.ProtocolMax,
        Cluster = hello.Cluster,
        Node = hello.Node,
        ExpectedPeer = hello.ExpectedPeer,
        RingPartitions = (uint)hello.RingPartitions,
        MessageClass = (uint)hello.Class,
        ClusterId = hello.ClusterId,
    };

    private static Hello FromProto(V1.Hello hello)
    {
        if (hello.MessageClass > (uint)MessageClass.Bulk)
            throw new WireFormatException($"A connection's class is 0 to {(uint)MessageClass.Bulk}; found {hello.MessageClass}.");
        return new Hello(
            Small(hello.ProtocolMin, "oldest protocol version"),
            Small(hello.ProtocolMax, "newest protocol version"),
            Checked(hello.Cluster, "cluster's name"),
            Checked(hello.Node, "node's name"),
            Checked(hello.ExpectedPeer, "expected peer's name"),
            Small(hello.RingPartitions, "number of partitions"),
            (MessageClass)hello.MessageClass,
            hello.ClusterId);
    }

    private static T Parse<T>(MessageParser<T> parser, ReadOnlySpan<byte> handshake)
        where T : IMessage<T>
    {
        try
        {
            return parser.ParseFrom(handshake[(Magic.Length + FrameCodec.HeaderBytes)..]);
        }
        catch (InvalidProtocolBufferException cause)
        {
            throw new WireFormatException("The handshake does not parse.", cause);
        }
    }

    private static int Small(uint number, string what) =>
        number <= int.MaxValue ? (int)number : throw new WireFormatException($"The {what} of a handshake is at most {int.MaxValue}; found {number}.");

    private static string Checked(string text, string what) => text.Length <= TextCharsMax
        ? text
        : throw new WireFormatException($"The {what} of a handshake has at most {TextCharsMax} characters; found {text.Length}.");

    private static string Printable(ReadOnlySpan<byte> bytes)
    {
        var text = new StringBuilder();
        foreach (byte b in bytes[..Math.Min(bytes.Length, Magic.Length)])
            text.Append(b is >= 0x20 and < 0x7f ? (char)b : '.');
        return "'" + text + "'";
    }
}
