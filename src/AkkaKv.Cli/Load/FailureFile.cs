using System.Text;
using AkkaKv.Cli.Output;

namespace AkkaKv.Cli.Load;

/// <summary>
/// What was not loaded, one JSON object per line with the reason and the record as it stood in the file. Comes into
/// being with the first failure.
/// </summary>
internal sealed class FailureFile(string path) : IDisposable
{
    private static readonly UTF8Encoding StrictUtf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    private readonly Lock _lock = new();
    private StreamWriter? _writer;

    public string Path { get; } = path;

    public bool WasWritten => _writer is not null;

    public void Write(LoadItem item, string outcome, string reason)
    {
        string? record = null;
        try
        {
            record = StrictUtf8.GetString(item.Source.Span);
        }
        catch (DecoderFallbackException)
        {
            // Not text: it goes as base64 instead.
        }
        string? recordBase64 = record is null ? Convert.ToBase64String(item.Source.Span) : null;
        string line = JsonText.LineOf(new { line = item.Line, key = item.Key, outcome, reason, record, recordBase64 });
        lock (_lock)
        {
            _writer ??= new StreamWriter(Path, append: false, new UTF8Encoding(encoderShouldEmitUTF8Identifier: false)) { NewLine = "\n" };
            _writer.WriteLine(line);
        }
    }

    public void Dispose() => _writer?.Dispose();
}
