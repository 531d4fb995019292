namespace AkkaKv.Cluster.Tests.Loading;

/// <summary>The file in which a running load names what was acknowledged, one key a line.</summary>
internal sealed class AcknowledgedKeys(string path)
{
    private long _read;
    private int _lines;

    /// <summary>How many lines there are by now; reads only what is new.</summary>
    public int Count()
    {
        if (!File.Exists(path))
            return 0;
        using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        file.Position = _read;
        var piece = new byte[64 * 1024];
        for (int read = file.Read(piece); read > 0; read = file.Read(piece))
        {
            _read += read;
            _lines += piece.AsSpan(0, read).Count((byte)'\n');
        }

        return _lines;
    }

    /// <summary>All keys, when the load has ended.</summary>
    public IReadOnlyList<string> All() => [.. File.ReadAllText(path).Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(Unescape)];

    private static string Unescape(string line)
    {
        line.ShouldNotContain("\\", Case.Sensitive, "no name of the framework holds a backslash or a line break");
        return line;
    }
}
