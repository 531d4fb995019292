using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using AkkaKv.Cli.Shell;

namespace AkkaKv.Cli.Load;

/// <summary>CSV with a header line; the value is a JSON object of the row, all fields as strings, in the header's order.</summary>
internal sealed class CsvReader : IRecordReader
{
    private static readonly UTF8Encoding StrictUtf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);
    private static readonly JsonWriterOptions Relaxed = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private readonly ByteSource _source;
    private readonly CsvRowReader _rows;
    private readonly string[] _names;
    private readonly int _keyAt;

    /// <summary>Reads the header.</summary>
    /// <exception cref="UsageException">There is no usable header, or it does not name the key.</exception>
    public CsvReader(ByteSource source, string keyField, int recordBytesMax)
    {
        _source = source;
        _rows = new CsvRowReader(source, recordBytesMax);
        var header = _rows.Next() ?? throw new UsageException("the CSV file is empty: it needs a header line with the fields' names");
        if (header.Problem is { } problem)
            throw new UsageException($"the CSV file's header line can't be read: {problem}");
        _names = [.. header.Fields.Select(Encoding.UTF8.GetString)];
        _keyAt = Array.IndexOf(_names, keyField);
        if (_keyAt < 0)
            throw new UsageException($"--key {keyField}: the CSV file has no such field; its header names: {string.Join(", ", _names)}");
        if (_names.Distinct().Count() < _names.Length)
            throw new UsageException($"the CSV file's header names a field twice: {string.Join(", ", _names)}");
    }

    public long BytesRead => _source.Consumed;

    public IEnumerable<LoadItem> Read()
    {
        while (_rows.Next() is { } row)
            yield return Convert(row);
    }

    private LoadItem Convert(CsvRow row)
    {
        var raw = row.Raw;
        var source = raw[..raw.Span.TrimEnd("\r\n"u8).Length];
        if (row.Problem is { } problem)
            return LoadItem.Malformed(row.Line, source[..Math.Min(source.Length, 4096)], problem);
        if (row.Fields.Count != _names.Length)
            return LoadItem.Malformed(row.Line, source, $"it has {row.Fields.Count} fields, the header has {_names.Length}");
        if (row.Fields[_keyAt].Length == 0)
            return LoadItem.Malformed(row.Line, source, $"its field '{_names[_keyAt]}' is empty, and a key has at least one byte");
        try
        {
            string[] texts = [.. row.Fields.Select(StrictUtf8.GetString)];
            return new LoadItem(row.Line, texts[_keyAt], ToJson(texts), source, null);
        }
        catch (DecoderFallbackException)
        {
            return LoadItem.Malformed(row.Line, source, "it has bytes that are not UTF-8");
        }
    }

    private byte[] ToJson(string[] texts)
    {
        using var bytes = new MemoryStream();
        using (var writer = new Utf8JsonWriter(bytes, Relaxed))
        {
            writer.WriteStartObject();
            for (int at = 0; at < texts.Length; at++)
                writer.WriteString(_names[at], texts[at]);
            writer.WriteEndObject();
        }
        return bytes.ToArray();
    }
}
