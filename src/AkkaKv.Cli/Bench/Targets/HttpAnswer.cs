using System.Buffers.Text;
using System.Globalization;
using System.Text;

namespace AkkaKv.Cli.Bench.Targets;

/// <summary>
/// The least of HTTP/1.1 that a keep-alive client needs: status, Content-Length or chunks, Connection: close. No
/// allocation; the caller calls again with more bytes until the answer is whole.
/// </summary>
internal readonly ref struct HttpAnswer
{
    private HttpAnswer(int status, ReadOnlySpan<byte> body, int consumed, bool closes)
    {
        Status = status;
        Body = body;
        Consumed = consumed;
        Closes = closes;
    }

    public int Status { get; }

    /// <summary>The body; of a chunked one with the chunks' sizes between.</summary>
    public ReadOnlySpan<byte> Body { get; }

    public int Consumed { get; }

    public bool Closes { get; }

    /// <returns>False while bytes are missing.</returns>
    /// <exception cref="FormatException">The bytes are no HTTP/1.1 answer.</exception>
    public static bool TryRead(ReadOnlySpan<byte> received, out HttpAnswer answer)
    {
        answer = default;
        int headEnd = received.IndexOf("\r\n\r\n"u8);
        if (headEnd < 0)
            return false;
        var head = received[..headEnd];
        if (!head.StartsWith("HTTP/1.1 "u8) || head.Length < 12 || !Utf8Parser.TryParse(head.Slice(9, 3), out int status, out _))
            throw new FormatException($"not an HTTP/1.1 answer: {Encoding.ASCII.GetString(head[..Math.Min(40, head.Length)])}");
        var body = received[(headEnd + 4)..];
        bool closes = HasValue(head, "\r\nconnection:"u8, "close"u8);
        int length = HasNoBody(status) ? 0
            : HasValue(head, "\r\ntransfer-encoding:"u8, "chunked"u8) ? ChunkedLength(body)
            : ContentLength(head);
        if (length < 0 || body.Length < length)
            return false;
        answer = new HttpAnswer(status, body[..length], headEnd + 4 + length, closes);
        return true;
    }

    private static bool HasNoBody(int status) => status is 204 or 304 or (>= 100 and < 200);

    private static int ContentLength(ReadOnlySpan<byte> head)
    {
        var value = ValueOf(head, "\r\ncontent-length:"u8);
        if (value.IsEmpty || !Utf8Parser.TryParse(value, out int length, out _))
            throw new FormatException("an answer with neither Content-Length nor chunks");
        return length;
    }

    /// <summary>The length of all chunks with their frames, or −1 while bytes are missing.</summary>
    private static int ChunkedLength(ReadOnlySpan<byte> body)
    {
        int at = 0;
        while (true)
        {
            int lineEnd = body[at..].IndexOf("\r\n"u8);
            if (lineEnd < 0)
                return -1;
            var size = body.Slice(at, lineEnd);
            int extension = size.IndexOf((byte)';');
            if (!int.TryParse(extension < 0 ? size : size[..extension], NumberStyles.HexNumber, CultureInfo.InvariantCulture, out int length))
                throw new FormatException("a chunk without a size");
            at += lineEnd + 2 + length + 2;
            if (at > body.Length)
                return -1;
            if (length == 0)
                return at;
        }
    }

    private static bool HasValue(ReadOnlySpan<byte> head, ReadOnlySpan<byte> name, ReadOnlySpan<byte> value) =>
        Ascii.EqualsIgnoreCase(ValueOf(head, name), value);

    private static ReadOnlySpan<byte> ValueOf(ReadOnlySpan<byte> head, ReadOnlySpan<byte> name)
    {
        for (int at = head.IndexOf("\r\n"u8); at >= 0 && at + name.Length <= head.Length;)
        {
            var line = head[at..];
            int next = line[2..].IndexOf("\r\n"u8);
            if (Ascii.EqualsIgnoreCase(line[..name.Length], name))
                return (next < 0 ? line[name.Length..] : line[name.Length..(next + 2)]).Trim((byte)' ');
            at = next < 0 ? -1 : at + 2 + next;
        }
        return default;
    }
}
