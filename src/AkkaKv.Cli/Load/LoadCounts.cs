namespace AkkaKv.Cli.Load;

/// <summary>The counters of a load that is running; safe for concurrent use.</summary>
internal sealed class LoadCounts
{
    private long _acknowledged;
    private long _failed;
    private long _indeterminate;
    private long _malformed;
    private long _notAttempted;
    private long _lastLine;

    public long Acknowledged => Interlocked.Read(ref _acknowledged);

    /// <summary>Sent or tried, and not acknowledged; includes the indeterminate ones.</summary>
    public long Failed => Interlocked.Read(ref _failed);

    public long Indeterminate => Interlocked.Read(ref _indeterminate);

    public long Malformed => Interlocked.Read(ref _malformed);

    /// <summary>Read from the file, and then the load was stopped.</summary>
    public long NotAttempted => Interlocked.Read(ref _notAttempted);

    /// <summary>The line on which the last record read begins.</summary>
    public long LastLine => Interlocked.Read(ref _lastLine);

    public void CountRead(long line) => Interlocked.Exchange(ref _lastLine, line);

    public void CountAcknowledged() => Interlocked.Increment(ref _acknowledged);

    public void CountMalformed() => Interlocked.Increment(ref _malformed);

    public void CountNotAttempted() => Interlocked.Increment(ref _notAttempted);

    public void CountFailed(bool indeterminate)
    {
        Interlocked.Increment(ref _failed);
        if (indeterminate)
            Interlocked.Increment(ref _indeterminate);
    }
}
