using System.Buffers;
using System.Text;
using System.Text.Json;

namespace AkkaKv.Cli.Load;

/// <summary>
/// JSON Lines: one object per line; the value is the line's bytes as they stand. A carriage return before the line feed
/// belongs to the line's end. Empty lines are passed over.
/// </summary>
internal sealed class JsonLinesReader(ByteSource source, string keyField, int recordBytesMax) : IRecordReader
{
    private static readonly UTF8Encoding StrictUtf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    public long BytesRead => source.Consumed;

    public IEnumerable<LoadItem> Read()
    {
        long number = 0;
        using var line = new MemoryStream();
        while (source.TakeLine(line, recordBytesMax, out bool tooLong))
        {
            number++;
            byte[] bytes = line.ToArray();
            line.SetLength(0);
            ReadOnlyMemory<byte> text = bytes.AsMemory(0, bytes.Length > 0 && bytes[^1] == '\r' ? bytes.Length - 1 : bytes.Length);
            if (tooLong)
                yield return LoadItem.Malformed(number, text[..Math.Min(text.Length, 4096)], $"the line is longer than {recordBytesMax} bytes");
            else if (text.Span.ContainsAnyExcept((byte)' ', (byte)'\t'))
                yield return Parse(number, text);
        }
    }

    private LoadItem Parse(long number, ReadOnlyMemory<byte> text)
    {
        try
        {
            return FindKey(text.Span, out string problem) is { } key
                ? new LoadItem(number, key, text, text, null)
                : LoadItem.Malformed(number, text, problem);
        }
        catch (JsonException failure)
        {
            return LoadItem.Malformed(number, text, $"not JSON at byte {failure.BytePositionInLine}: {FirstSentence(failure.Message)}");
        }
        catch (Exception failure) when (failure is InvalidOperationException or ArgumentException)
        {
            return LoadItem.Malformed(number, text, "not JSON: it has bytes that are not UTF-8, or half of a surrogate pair");
        }
    }

    /// <summary>Reads the whole line, so that what follows the key is known to be JSON too. Of a repeated name the last one counts.</summary>
    private string? FindKey(ReadOnlySpan<byte> text, out string problem)
    {
        problem = $"it has no field '{keyField}'";
        string? key = null;
        var reader = new Utf8JsonReader(text);
        reader.Read();
        if (reader.TokenType != JsonTokenType.StartObject)
        {
            problem = "it is not a JSON object";
            return null;
        }
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            bool isKey = reader.ValueTextEquals(keyField);
            reader.Read();
            if (isKey)
                key = KeyText(ref reader, ref problem);
            reader.Skip();
        }
        while (reader.Read())
        {
        }
        _ = StrictUtf8.GetCharCount(text);
        return key;
    }

    private string? KeyText(ref Utf8JsonReader reader, ref string problem)
    {
        switch (reader.TokenType)
        {
            case JsonTokenType.String when reader.GetString() is { Length: > 0 } text:
                return text;
            case JsonTokenType.String:
                problem = $"its field '{keyField}' is empty, and a key has at least one byte";
                return null;
            case JsonTokenType.Number:
                return Encoding.ASCII.GetString(reader.HasValueSequence ? reader.ValueSequence.ToArray() : reader.ValueSpan);
            default:
                problem = $"its field '{keyField}' is neither a string nor a number";
                return null;
        }
    }

    private static string FirstSentence(string message)
    {
        int end = message.IndexOf(". ", StringComparison.Ordinal);
        return end < 0 ? message : message[..end];
    }
}
