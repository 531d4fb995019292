namespace AkkaKv.Core.Membership;

/// <summary>How far a peer's wall clock is ahead: for people, never for ordering.</summary>
internal static class WallClockSkew
{
    private static readonly TimeSpan RoundTripMax = TimeSpan.FromSeconds(10);

    /// <summary>
    /// The peer's clock as it answered, plus half the round trip, against this node's. Source: Cristian, "Probabilistic
    /// clock synchronization", 1989. The error is at most half the round trip.
    /// </summary>
    /// <returns>Milliseconds; null when the stamps can't be true.</returns>
    public static double? Estimate(TimeSpan now, DateTimeOffset wallNow, GossipDelta answer)
    {
        double roundTripMillis = now.TotalMilliseconds - (answer.SentAtMicros / 1_000.0);
        if (roundTripMillis < 0 || roundTripMillis > RoundTripMax.TotalMilliseconds)
            return null;
        return answer.WallMillis + (roundTripMillis / 2) - (wallNow.ToUnixTimeMilliseconds() + (wallNow.Ticks % TimeSpan.TicksPerMillisecond / (double)TimeSpan.TicksPerMillisecond));
    }
}
