using AkkaKv.Api;
using AkkaKv.Core.Kernel;

namespace AkkaKv.Core.Coordination;

/// <summary>The outcome of a read, to whoever waits for it.</summary>
public sealed record GetDone(GetReply Reply) : Message;

/// <summary>The outcome of a write or a delete, to whoever waits for it.</summary>
/// <param name="Ticket">Of whoever asked several nodes, one after the other: which one this is; else 0.</param>
public sealed record PutDone(PutReply Reply, ulong Ticket = 0) : Message;

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
public sealed record RequestEnded(RequestKind Kind, TimeSpan? Latency) : Message;

/// <summary>The local replica refused a write before anything was staged: the gateway passes it to another owner.</summary>
/// <param name="Spent">What went by of the deadline.</param>
public sealed record WriteHandBack(RequestPlan Plan, WriteContent Write, TimeSpan Spent) : Message;
