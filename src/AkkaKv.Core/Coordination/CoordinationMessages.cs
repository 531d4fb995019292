using AkkaKv.Api;
using AkkaKv.Core.Kernel;
using AkkaKv.Core.Ring;

namespace AkkaKv.Core.Coordination;

/// <summary>The outcome of a read, to whoever waits for it.</summary>
public sealed record GetDone(GetReply Reply) : Message;

/// <summary>The outcome of a write or a delete, to whoever waits for it.</summary>
/// <param name="Ticket">Of whoever asked several nodes, one after the other: which one this is; else 0.</param>
/// <param name="NewerEpoch">
/// Of whoever refused a write that was passed on, not being an owner: its ring, where that is newer than the one by which it
/// was chosen; else 0.
/// </param>
public sealed record PutDone(PutReply Reply, ulong Ticket = 0, long NewerEpoch = 0) : Message;

/// <summary>What a coordinator is doing when its timer fires.</summary>
public enum CoordinationPhase
{
    /// <summary>The client waits.</summary>
    Gathering = 0,

    /// <summary>The client has its answer; the rest of the replicas are awaited, and repaired where they were behind.</summary>
    Repairing = 1,

    /// <summary>The client waits, and there are replicas that were not asked yet.</summary>
    Speculating = 2,
}

/// <summary>A coordinator's timer. One that belongs to a phase that is over is stale.</summary>
public sealed record CoordinatorTimeout(CoordinationPhase Phase) : Message;

/// <summary>What kind of request a coordinator was for.</summary>
public enum RequestKind
{
    Read = 0,
    Write = 1,
    Forward = 2,
}

/// <summary>Sent by every coordinator to the gateway that started it, as its last word.</summary>
/// <param name="Latency">From the start to the answer; null when the request failed, or when another node did the work.</param>
/// <param name="Epoch">Of the ring under which it began.</param>
public sealed record RequestEnded(RequestKind Kind, TimeSpan? Latency, long Epoch) : Message;

/// <summary>Nothing of a write was staged: the gateway plans it anew.</summary>
/// <param name="Spent">What went by of the deadline.</param>
/// <param name="IsElsewhere">The local replica cannot take it: another owner shall. Otherwise the ring by which it was planned was too old.</param>
public sealed record WriteHandBack(RequestPlan Plan, WriteContent Write, TimeSpan Spent, bool IsElsewhere) : Message;

/// <summary>
/// A coordinator has met a ring that is newer than its own. Answered by <see cref="RingChanged"/> as soon as the gateway has one
/// that is newer than <paramref name="OlderEpoch"/>; not at all if that takes longer than any request may.
/// </summary>
/// <param name="SeenAt">Who has the newer ring.</param>
public sealed record RingNewer(long OlderEpoch, NodeId SeenAt, Address ReplyTo) : Message;
