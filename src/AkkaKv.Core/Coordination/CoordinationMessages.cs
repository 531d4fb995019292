using AkkaKv.Api;
using AkkaKv.Core.Kernel;

namespace AkkaKv.Core.Coordination;

/// <summary>The outcome of a read, to whoever waits for it.</summary>
public sealed record GetDone(GetReply Reply) : Message;

/// <summary>The outcome of a write or a delete, to whoever waits for it.</summary>
public sealed record PutDone(PutReply Reply) : Message;

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
