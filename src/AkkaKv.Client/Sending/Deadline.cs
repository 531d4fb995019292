namespace AkkaKv.Client.Sending;

/// <summary>The time of one call, counted from when it was made.</summary>
internal sealed class Deadline(TimeSpan span, TimeProvider time)
{
    private readonly long _started = time.GetTimestamp();

    /// <summary>What is left, never below one millisecond, so that it can be a timer.</summary>
    public TimeSpan Left
    {
        get
        {
            var left = span - time.GetElapsedTime(_started);
            return left > TimeSpan.FromMilliseconds(1) ? left : TimeSpan.FromMilliseconds(1);
        }
    }
}
