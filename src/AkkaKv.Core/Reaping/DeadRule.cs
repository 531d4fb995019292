using AkkaKv.Core.Kernel;
using AkkaKv.Core.Versions;

namespace AkkaKv.Core.Reaping;

/// <summary>When an object says nothing any more to any client.</summary>
internal static class DeadRule
{
    /// <summary>True when each value is a tombstone, or expired for longer than the grace by this clock.</summary>
    public static bool IsDead(SiblingSet set, DateTimeOffset now, TimeSpan grace)
    {
        if (set.Count == 0)
            return false;
        long nowMillis = now.ToUnixTimeMilliseconds();
        foreach (VersionedValue value in set.Values)
        {
            bool expired = value.Content.ExpiresAtMillis != 0 && nowMillis - value.Content.ExpiresAtMillis > (long)grace.TotalMilliseconds;
            if (!value.Content.IsTombstone && !expired)
                return false;
        }

        return true;
    }

    /// <summary>True when each value is a tombstone or has an expiry: it is dead, or will be.</summary>
    public static bool IsMortal(SiblingSet set)
    {
        foreach (VersionedValue value in set.Values)
        {
            if (!value.Content.IsTombstone && value.Content.ExpiresAtMillis == 0)
                return false;
        }

        return set.Count > 0;
    }

    public static ulong VersionOf(ReadOnlyMemory<byte> encoded) => StableHash.Of(encoded.Span);
}
