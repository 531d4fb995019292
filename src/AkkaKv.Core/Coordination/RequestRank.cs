using AkkaKv.Core.Kernel;

namespace AkkaKv.Core.Coordination;

/// <summary>The ticket of a coordinator's question is the asked replica's rank among the owners.</summary>
internal static class RequestRank
{
    public static int Of(ulong ticket, int owners)
    {
        Invariant.Require(ticket < (ulong)owners, "a ticket is the rank of an owner", ticket);
        return (int)ticket;
    }
}
