namespace AkkaKv.Cli.Load;

/// <summary>Reads a stream through one buffer, byte by byte or up to a line's end, and counts. Passes over a UTF-8 byte order mark.</summary>
internal sealed class ByteSource(Stream stream)
{
    public const int None = -1;

    private readonly byte[] _buffer = new byte[128 * 1024];
    private int _at;
    private int _end;
    private long _consumed;
    private bool _started;

    /// <summary>Bytes taken so far; may be read by another thread.</summary>
    public long Consumed => Interlocked.Read(ref _consumed);

    /// <summary>The next byte without taking it, or <see cref="None"/> at the end.</summary>
    public int Peek() => _at < _end || Fill() ? _buffer[_at] : None;

    /// <summary>Takes the next byte, or <see cref="None"/> at the end.</summary>
    public int Next()
    {
        if (_at >= _end && !Fill())
            return None;
        return _buffer[_at++];
    }

    /// <summary>
    /// Takes up to and including the next line feed and appends what is before it, but no more than
    /// <paramref name="bytesMax"/> bytes; the rest of a longer line is passed over.
    /// </summary>
    /// <returns>False at the end, when there was nothing left.</returns>
    public bool TakeLine(MemoryStream line, int bytesMax, out bool tooLong)
    {
        tooLong = false;
        bool any = false;
        while (_at < _end || Fill())
        {
            any = true;
            int length = _buffer.AsSpan(_at, _end - _at).IndexOf((byte)'\n');
            var part = _buffer.AsSpan(_at, length < 0 ? _end - _at : length);
            int room = bytesMax - (int)line.Length;
            tooLong |= part.Length > room;
            line.Write(part[..Math.Min(part.Length, room)]);
            _at += length < 0 ? part.Length : length + 1;
            if (length >= 0)
                break;
        }
        return any;
    }

    private bool Fill()
    {
        Interlocked.Add(ref _consumed, _end);
        _at = 0;
        _end = 0;
        if (_started)
        {
            _end = stream.Read(_buffer);
            return _end > 0;
        }
        _started = true;
        _end = stream.ReadAtLeast(_buffer, 3, throwOnEndOfStream: false);
        if (_buffer.AsSpan(0, _end).StartsWith("\uFEFF"u8))
            _at = 3;
        return _at < _end || (_at > 0 && Fill());
    }
}
