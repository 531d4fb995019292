namespace AkkaKv.Client.Sending;

/// <summary>
/// Deals out endpoints in turn, so that calls spread over the nodes. One that took no connection rests for a while: it
/// is dealt only when all the others rest too.
/// </summary>
internal sealed class EndpointRing(IReadOnlyList<Uri> endpoints, TimeSpan rest, TimeProvider time)
{
    private readonly long[] _restStarted = new long[endpoints.Count];
    private long _turn = -1;

    public int Count => endpoints.Count;

    public Uri Next()
    {
        int first = (int)((ulong)Interlocked.Increment(ref _turn) % (ulong)endpoints.Count);
        for (int step = 0; step < endpoints.Count; step++)
        {
            int index = (first + step) % endpoints.Count;
            if (!Rests(index))
                return endpoints[index];
        }
        return endpoints[first];
    }

    public void Rest(Uri endpoint)
    {
        for (int index = 0; index < endpoints.Count; index++)
        {
            if (endpoints[index] == endpoint)
                Interlocked.Exchange(ref _restStarted[index], Math.Max(1, time.GetTimestamp()));
        }
    }

    public void Wake(Uri endpoint)
    {
        for (int index = 0; index < endpoints.Count; index++)
        {
            if (Interlocked.Read(ref _restStarted[index]) != 0 && endpoints[index] == endpoint)
                Interlocked.Exchange(ref _restStarted[index], 0);
        }
    }

    private bool Rests(int index)
    {
        long started = Interlocked.Read(ref _restStarted[index]);
        return started != 0 && time.GetElapsedTime(started) < rest;
    }
}
