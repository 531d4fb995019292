using AkkaKv.Core.Kernel;
using AkkaKv.Core.Versions;

namespace AkkaKv.Core.Hints;

/// <summary>Some keys on their way to one target.</summary>
internal sealed class HintBatch(HintLane lane, ulong number)
{
    public HintLane Lane { get; } = lane;

    public ulong Number { get; } = number;

    /// <summary>All of it, those that came to an end included.</summary>
    public List<HintDelivery> Deliveries { get; } = [];

    public TimerId Timer { get; set; }

    /// <summary>How many have not come to an end.</summary>
    public int Left { get; set; }

    /// <summary>Nothing more is sent, nor waited for from the target.</summary>
    public bool IsClosed { get; set; }

    /// <summary>At least one was delivered and taken away.</summary>
    public bool HasProgress { get; set; }

    /// <summary>The target, or the store here, asks for time.</summary>
    public bool IsPushedBack { get; set; }
}

/// <summary>One key of a batch.</summary>
internal sealed class HintDelivery(HintBatch batch, HintMark mark)
{
    public HintBatch Batch { get; } = batch;

    public HintMark Mark { get; } = mark;

    /// <summary>Counted against the bound as long as it is under way; the record may change meanwhile.</summary>
    public int Bytes { get; } = mark.Entry.ObjectBytes;

    /// <summary>What the homes were sent; null before.</summary>
    public SiblingSet? Sent { get; set; }

    /// <summary>Whom it was sent to.</summary>
    public NodeId[] Homes { get; set; } = [];

    /// <summary>The first of those it was sent to is to keep it on; the others are the owners that can be reached.</summary>
    public bool IsHandedOver { get; set; }

    /// <summary>Of the first home; those of the others follow.</summary>
    public ulong Ticket { get; set; }

    /// <summary>Homes that have not acknowledged.</summary>
    public int Missing { get; set; }
}

/// <summary>A lane's next batch is due.</summary>
internal sealed record HintWake(NodeId Target) : Message;

/// <summary>A batch has waited long enough.</summary>
internal sealed record HintBatchTimeout(NodeId Target, ulong Number) : Message;

/// <summary>Time to look for what is too old.</summary>
internal sealed record HintSweep : Message;
