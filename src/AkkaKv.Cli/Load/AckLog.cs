using System.Text;

namespace AkkaKv.Cli.Load;

/// <summary>The keys of acknowledged records, one per line in the order of acknowledgement; a backslash or a line break in a key is escaped.</summary>
internal sealed class AckLog(string path) : IDisposable
{
    private readonly Lock _lock = new();
    private readonly StreamWriter _writer = new(path, append: false, new UTF8Encoding(encoderShouldEmitUTF8Identifier: false)) { NewLine = "\n" };

    public void Write(string key)
    {
        string line = key.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\n", "\\n", StringComparison.Ordinal).Replace("\r", "\\r", StringComparison.Ordinal);
        lock (_lock)
            _writer.WriteLine(line);
    }

    public void Dispose() => _writer.Dispose();
}
