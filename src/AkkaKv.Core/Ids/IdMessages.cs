using AkkaKv.Core.Kernel;

namespace AkkaKv.Core.Ids;

/// <summary>Some ids with the same distance from each to the next.</summary>
/// <param name="First">The smallest.</param>
/// <param name="Count">How many.</param>
/// <param name="Step">From one to the next; at least 1.</param>
public readonly record struct IdRange(long First, int Count, long Step)
{
    public long Last => First + ((Count - 1) * Step);
}

/// <summary>Why no ids were made. The numbers travel between nodes.</summary>
public enum IdRefusalKind : byte
{
    /// <summary>The count is not one that is served.</summary>
    Count = 1,

    /// <summary>Ids of this kind are not set up on this node.</summary>
    NotSetUp = 2,

    /// <summary>Too many ask already.</summary>
    Busy = 3,

    /// <summary>The wall clock is behind.</summary>
    Clock = 4,

    /// <summary>The node has no worker number for the present moment.</summary>
    Grant = 5,

    /// <summary>The node's store did not take what must be durable first.</summary>
    Store = 6,

    /// <summary>The numbers have come to their end.</summary>
    Spent = 7,

    /// <summary>Nobody answered in time.</summary>
    Silent = 8,
}

/// <summary>A refusal in words.</summary>
/// <param name="Detail">What was required, what was found, what to do.</param>
/// <param name="IsRetryable">The same question may be answered later, or by another node.</param>
public sealed record IdRefusal(IdRefusalKind Kind, string Detail, bool IsRetryable);

/// <summary>
/// Asks for ids, 1 to <see cref="IdOptions.CountMax"/>. Answered by <see cref="IdsTold"/>, within <see cref="IdOptions.Patience"/>.
/// An answer that is lost costs its ids: they are not made again.
/// </summary>
/// <param name="Ticket">Echoed in the answer.</param>
public sealed record IdsAsk(int Count, ulong Ticket, Address ReplyTo) : Message;

/// <param name="Ranges">The ids, in increasing order; empty when refused.</param>
/// <param name="Refusal">Null when all of them are there.</param>
public sealed record IdsTold(ulong Ticket, IReadOnlyList<IdRange> Ranges, IdRefusal? Refusal) : Message;
