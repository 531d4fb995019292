namespace AkkaKv.Server.Http;

/// <summary>
/// Bounds what is worked on at once: requests, and bytes of their bodies. Past a bound the answer is an immediate
/// "busy", never a growing queue.
/// </summary>
internal sealed class RequestGate(int requestsMax, long bytesMax)
{
    private int requests;
    private long bytes;

    /// <summary>The bound of requests, for messages.</summary>
    public int RequestsMax => requestsMax;

    /// <summary>The bound of bytes, for messages.</summary>
    public long BytesMax => bytesMax;

    /// <summary>Requests inside.</summary>
    public int Requests => Volatile.Read(ref requests);

    /// <summary>Bytes reserved.</summary>
    public long Bytes => Volatile.Read(ref bytes);

    /// <summary>Takes a request's place; each true is paired with one <see cref="Leave"/>.</summary>
    public bool TryEnter()
    {
        if (Interlocked.Increment(ref requests) <= requestsMax)
            return true;
        Interlocked.Decrement(ref requests);
        return false;
    }

    /// <summary>Gives a request's place back.</summary>
    public void Leave() => Interlocked.Decrement(ref requests);

    /// <summary>Reserves bytes before they are allocated; each true is paired with one <see cref="Release"/> of as many.</summary>
    public bool TryReserve(long count)
    {
        if (Interlocked.Add(ref bytes, count) <= bytesMax)
            return true;
        Interlocked.Add(ref bytes, -count);
        return false;
    }

    /// <summary>Gives bytes back.</summary>
    public void Release(long count) => Interlocked.Add(ref bytes, -count);
}
