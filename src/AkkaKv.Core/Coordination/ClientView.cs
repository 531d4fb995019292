using AkkaKv.Api;
using AkkaKv.Core.Versions;

namespace AkkaKv.Core.Coordination;

/// <summary>What of a sibling set a client gets to see.</summary>
internal static class ClientView
{
    public static GetReply Of(SiblingSet set, RequestPlan plan, QuorumReport report, DateTimeOffset now)
    {
        if (set.Seen.IsEmpty)
            return new GetReply([], null, report);
        return new GetReply(Siblings(set, now.ToUnixTimeMilliseconds()), plan.Seal.Seal(plan.Key, set.Seen), report);
    }

    // With a live value, concurrent deletes are shown beside it; without one the key is simply not there.
    private static Sibling[] Siblings(SiblingSet set, long nowMillis)
    {
        if (set.VisibleAt(nowMillis) == 0)
            return [];
        var siblings = new List<Sibling>(set.Count);
        foreach (VersionedValue value in set.Values)
        {
            if (value.Content.IsTombstone || value.Content.IsVisibleAt(nowMillis))
                siblings.Add(Show(value));
        }

        return siblings.ToArray();
    }

    private static Sibling Show(VersionedValue value) => new(
        value.Dot.ToString(),
        value.Content.Payload,
        value.Content.ContentType,
        DateTimeOffset.FromUnixTimeMilliseconds(value.Content.WrittenAtMillis),
        value.Content.ExpiresAtMillis == 0 ? null : DateTimeOffset.FromUnixTimeMilliseconds(value.Content.ExpiresAtMillis),
        value.Content.IsTombstone);
}
