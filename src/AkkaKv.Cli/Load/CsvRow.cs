using System.Buffers;

namespace AkkaKv.Cli.Load;

/// <summary>One record of a CSV file in the making: its raw bytes, its fields, and the first thing that is wrong with it.</summary>
internal sealed class CsvRow(long line, int bytesMax)
{
    private readonly ArrayBufferWriter<byte> _raw = new();
    private readonly ArrayBufferWriter<byte> _field = new();

    public long Line { get; } = line;

    public List<byte[]> Fields { get; } = [];

    public string? Problem { get; private set; }

    public ReadOnlyMemory<byte> Raw => _raw.WrittenSpan.ToArray();

    public int FieldNumber => Fields.Count + 1;

    public bool FieldIsEmpty => _field.WrittenCount == 0;

    /// <summary>True when the record has outgrown its bound, and the rest of its line is to be passed over.</summary>
    public bool IsTooLong => _raw.WrittenCount >= bytesMax;

    public void Keep(int value)
    {
        if (!IsTooLong)
            _raw.Write([(byte)value]);
    }

    public void Append(int value) => _field.Write([(byte)value]);

    public void EndField()
    {
        Fields.Add(_field.WrittenSpan.ToArray());
        _field.ResetWrittenCount();
    }

    public void FailTooLong() => Fail($"the record is longer than {bytesMax} bytes; an unclosed quote makes one of many lines");

    public void Fail(string problem) => Problem ??= problem;
}
