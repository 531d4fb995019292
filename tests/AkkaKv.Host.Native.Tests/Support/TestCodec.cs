using System.Buffers;
using System.Buffers.Binary;
using System.Text;
using AkkaKv.Core.Kernel;
using AkkaKv.Wire;
using AkkaKv.Wire.Codec;

namespace AkkaKv.Host.Native.Tests.Support;

/// <summary>The test's own messages on the wire: a kind byte, the address, the rest.</summary>
internal sealed class TestCodec : IMessageCodec
{
    private const int HeaderBytes = 10;

    public MessageClass ClassOf(Message message) => message switch
    {
        Blob => MessageClass.Bulk,
        Go => MessageClass.Control,
        _ => MessageClass.Data,
    };

    /// <summary>As if only the newest version knew it.</summary>
    public int VersionOf(Message message) => message is Go ? 2 : 1;

    public void Encode(NodeId sender, ActorRole role, ulong number, Message message, IBufferWriter<byte> output)
    {
        (byte kind, byte[] body) = message switch
        {
            Note note => ((byte)1, Longs(note.Sender, note.Sequence)),
            Question question => ((byte)2, BodyOf(question)),
            Answer answer => ((byte)3, Longs(answer.Number)),
            Blob blob => ((byte)4, blob.Bytes.ToArray()),
            Go => ((byte)5, []),
            FromTheFuture => ((byte)99, []),
            _ => throw new InvariantException($"the test's codec knows its messages; found {message}"),
        };
        Span<byte> span = output.GetSpan(HeaderBytes + body.Length);
        span[0] = kind;
        span[1] = (byte)role;
        BinaryPrimitives.WriteUInt64LittleEndian(span[2..], number);
        body.CopyTo(span[HeaderBytes..]);
        output.Advance(HeaderBytes + body.Length);
    }

    public bool TryDecode(NodeId sender, ReadOnlySpan<byte> body, out Received received)
    {
        received = default;
        if (body.Length < HeaderBytes)
            throw new WireFormatException($"A test message has {HeaderBytes} bytes or more; found {body.Length}.");
        ReadOnlySpan<byte> rest = body[HeaderBytes..];
        Message? message = body[0] switch
        {
            1 => new Note((int)Long(rest, 0), Long(rest, 1)),
            2 => new Question(Long(rest, 0), new Address(new NodeId(Encoding.UTF8.GetString(rest[24..])), (ActorRole)Long(rest, 1), (ulong)Long(rest, 2))),
            3 => new Answer(Long(rest, 0)),
            4 => new Blob(rest.ToArray()),
            5 => new Go(),
            _ => null,
        };
        if (message is not null)
            received = new Received((ActorRole)body[1], BinaryPrimitives.ReadUInt64LittleEndian(body[2..]), message);
        return message is not null;
    }

    public string? RefusalOf(in Received received, int partitions) => null;

    private static byte[] BodyOf(Question question)
    {
        Address replyTo = question.ReplyTo;
        return [.. Longs(question.Number, (long)replyTo.Role, (long)replyTo.Number), .. Encoding.UTF8.GetBytes(replyTo.Node.Name)];
    }

    private static byte[] Longs(params ReadOnlySpan<long> numbers)
    {
        var bytes = new byte[8 * numbers.Length];
        for (int i = 0; i < numbers.Length; i++)
            BinaryPrimitives.WriteInt64LittleEndian(bytes.AsSpan(8 * i), numbers[i]);
        return bytes;
    }

    private static long Long(ReadOnlySpan<byte> bytes, int at) => BinaryPrimitives.ReadInt64LittleEndian(bytes[(8 * at)..]);
}
