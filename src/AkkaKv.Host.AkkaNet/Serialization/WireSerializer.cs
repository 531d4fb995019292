using System.Buffers;
using System.Buffers.Binary;
using System.Runtime.Serialization;
using System.Text;
using Akka.Actor;
using Akka.Serialization;
using AkkaKv.Core.Kernel;
using AkkaKv.Host.AkkaNet.Gateway;
using AkkaKv.Host.AkkaNet.Peers;
using AkkaKv.Host.AkkaNet.Sharding;
using AkkaKv.Wire;
using AkkaKv.Wire.Codec;
using AkkaKv.Wire.Frames;
using AkkaKv.Wire.Handshake;

namespace AkkaKv.Host.AkkaNet.Serialization;

/// <summary>
/// AkkaKv's wire format as Akka.NET's: the messages are those of <see cref="WireCodec"/>, the same bytes as on the native
/// host's connections. Named in <c>hocon/base.conf</c>.
/// </summary>
/// <remarks>
/// A batch is: the incarnation (8 bytes), the sender's name (a length byte, UTF-8), then for each message its length (4 bytes)
/// and its body. All numbers little-endian.
/// </remarks>
public sealed class WireSerializer(ExtendedActorSystem system) : SerializerWithStringManifest(system)
{
    private const string BatchManifest = "b1";
    private const string HelloManifest = "h1";
    private const string AnswerManifest = "a1";
    private const string ReplicaManifest = "r1";
    private const string ProbeManifest = "p1";
    private const string FoundManifest = "f1";
    private const int PrefixBytes = sizeof(int);

    /// <summary>Travels with each message: never another.</summary>
    public override int Identifier => 9_211;

    /// <inheritdoc/>
    public override string Manifest(object o) => o switch
    {
        PeerBatch => BatchManifest,
        PeerHello => HelloManifest,
        PeerHelloAnswer => AnswerManifest,
        ReplicaEnvelope => ReplicaManifest,
        ShardProbe => ProbeManifest,
        ShardFound => FoundManifest,
        IKvMessage message => KvMessages.ManifestOf(message),
        _ => throw new ArgumentException($"AkkaKv's serializer writes what goes between its nodes; found {o?.GetType().Name ?? "null"}. Bind that type to another serializer.", nameof(o)),
    };

    /// <inheritdoc/>
    public override byte[] ToBinary(object obj) => obj switch
    {
        PeerBatch batch => Write(batch),
        PeerHello hello => Write(hello.Incarnation, output => HandshakeCodec.Write(hello.Hello, output)),
        PeerHelloAnswer answer => Write(answer.Incarnation, output => HandshakeCodec.Write(answer.Answer, output)),
        ReplicaEnvelope envelope => Write(envelope),
        ShardProbe probe => WriteTexts(probe.Shard),
        ShardFound found => WriteTexts(found.Shard, found.At.Name),
        IKvMessage message => KvMessages.Write(message),
        _ => throw new ArgumentException($"AkkaKv's serializer writes what goes between its nodes; found {obj?.GetType().Name ?? "null"}. Bind that type to another serializer.", nameof(obj)),
    };

    /// <inheritdoc/>
    /// <exception cref="SerializationException">The bytes are malformed, or of a newer version: the message is dropped, the connection stays.</exception>
    public override object FromBinary(byte[] bytes, string manifest)
    {
        try
        {
            return manifest switch
            {
                BatchManifest => ReadBatch(bytes),
                HelloManifest => new PeerHello(HandshakeCodec.ReadHello(Handshake(bytes)), IncarnationOf(bytes)),
                AnswerManifest => new PeerHelloAnswer(HandshakeCodec.ReadAnswer(Handshake(bytes)), IncarnationOf(bytes)),
                ReplicaManifest => ReadReplica(bytes),
                ProbeManifest => new ShardProbe(ReadTexts(bytes, 1)[0]),
                FoundManifest => ReadFound(bytes),
                _ when KvMessages.TryRead(manifest, bytes, out IKvMessage? message) => message!,
                _ => throw new SerializationException($"AkkaKv's serializer reads {BatchManifest}, {HelloManifest} and {AnswerManifest}; found {manifest}. Upgrade this node."),
            };
        }
        catch (WireFormatException cause)
        {
            throw new SerializationException($"A message between AkkaKv's nodes must be well formed; {cause.Message}", cause);
        }
    }

    private static byte[] Write(PeerBatch batch)
    {
        var output = new ArrayBufferWriter<byte>(256);
        BinaryPrimitives.WriteUInt64LittleEndian(output.GetSpan(sizeof(ulong)), batch.Incarnation);
        output.Advance(sizeof(ulong));
        WriteText(output, batch.From.Name);
        var body = new ArrayBufferWriter<byte>(256);
        foreach (Received message in batch.Messages)
        {
            body.ResetWrittenCount();
            WireCodec.Instance.Encode(batch.From, message.Role, message.Number, message.Message, body);
            BinaryPrimitives.WriteInt32LittleEndian(output.GetSpan(PrefixBytes), body.WrittenCount);
            output.Advance(PrefixBytes);
            output.Write(body.WrittenSpan);
        }

        return output.WrittenSpan.ToArray();
    }

    // The shard and the node meant, and then a batch of one.
    private static byte[] Write(ReplicaEnvelope envelope)
    {
        var output = new ArrayBufferWriter<byte>(256);
        WriteText(output, envelope.Shard);
        WriteText(output, envelope.To.Name);
        output.Write(Write(new PeerBatch(envelope.From, 0, [envelope.Message])));
        return output.WrittenSpan.ToArray();
    }

    private static ReplicaEnvelope ReadReplica(ReadOnlySpan<byte> bytes)
    {
        string shard = ReadText(ref bytes);
        var to = new NodeId(ReadText(ref bytes));
        PeerBatch batch = ReadBatch(bytes);
        return batch.Messages is [var only]
            ? new ReplicaEnvelope(shard, to, batch.From, only)
            : throw new WireFormatException($"What goes to a replica is one message of a kind that this node knows; found {batch.Messages.Count}.");
    }

    private static ShardFound ReadFound(ReadOnlySpan<byte> bytes)
    {
        string[] texts = ReadTexts(bytes, 2);
        return new ShardFound(texts[0], new NodeId(texts[1]));
    }

    private static byte[] WriteTexts(params ReadOnlySpan<string> texts)
    {
        var output = new ArrayBufferWriter<byte>(64);
        foreach (string text in texts)
            WriteText(output, text);
        return output.WrittenSpan.ToArray();
    }

    private static string[] ReadTexts(ReadOnlySpan<byte> bytes, int count)
    {
        var texts = new string[count];
        for (int i = 0; i < count; i++)
            texts[i] = ReadText(ref bytes);
        return texts;
    }

    private static void WriteText(ArrayBufferWriter<byte> output, string text)
    {
        int bytes = Encoding.UTF8.GetByteCount(text);
        Span<byte> span = output.GetSpan(1 + bytes);
        span[0] = checked((byte)bytes);
        Encoding.UTF8.GetBytes(text, span[1..]);
        output.Advance(1 + bytes);
    }

    private static string ReadText(ref ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length < 1 || bytes.Length < 1 + bytes[0])
            throw new WireFormatException($"A name has a length within its message; {bytes.Length} bytes are left.");
        string text = Encoding.UTF8.GetString(bytes.Slice(1, bytes[0]));
        bytes = bytes[(1 + bytes[0])..];
        return text;
    }

    private static byte[] Write(ulong incarnation, Action<FrameBuffer> write)
    {
        using var frames = new FrameBuffer(HandshakeCodec.BodyBytesMax);
        write(frames);
        var bytes = new byte[sizeof(ulong) + frames.Written.Length];
        BinaryPrimitives.WriteUInt64LittleEndian(bytes, incarnation);
        frames.Written.Span.CopyTo(bytes.AsSpan(sizeof(ulong)));
        return bytes;
    }

    private static PeerBatch ReadBatch(ReadOnlySpan<byte> bytes)
    {
        ulong incarnation = IncarnationOf(bytes);
        ReadOnlySpan<byte> rest = bytes[sizeof(ulong)..];
        var from = new NodeId(ReadText(ref rest));
        var messages = new List<Received>();
        int unknown = 0;
        while (rest.Length > 0)
        {
            int length = rest.Length < PrefixBytes ? -1 : BinaryPrimitives.ReadInt32LittleEndian(rest);
            if (length < 0 || length > rest.Length - PrefixBytes)
                throw new WireFormatException($"A message in a batch has a length within it; found {length} with {rest.Length} bytes left.");
            if (WireCodec.Instance.TryDecode(from, rest.Slice(PrefixBytes, length), out Received received))
                messages.Add(received);
            else
                unknown++;
            rest = rest[(PrefixBytes + length)..];
        }

        return new PeerBatch(from, incarnation, messages, unknown);
    }

    private static ulong IncarnationOf(ReadOnlySpan<byte> bytes) => bytes.Length >= sizeof(ulong)
        ? BinaryPrimitives.ReadUInt64LittleEndian(bytes)
        : throw new WireFormatException($"It begins with 8 bytes of incarnation; found {bytes.Length} bytes.");

    private static ReadOnlySpan<byte> Handshake(ReadOnlySpan<byte> bytes)
    {
        IncarnationOf(bytes);
        ReadOnlySpan<byte> handshake = bytes[sizeof(ulong)..];
        return HandshakeCodec.TryFind(handshake, out int length)
            ? handshake[..length]
            : throw new WireFormatException($"A greeting is whole; {handshake.Length} bytes are not.");
    }
}
