using AkkaKv.Core.Kernel;

namespace AkkaKv.Core.Hints;

/// <summary>What waits for one target, and how far sending it is.</summary>
internal sealed class HintLane(NodeId target)
{
    public NodeId Target { get; } = target;

    /// <summary>Who must acknowledge what is sent; another array when that has changed. Empty until it is first asked for.</summary>
    public NodeId[] Homes { get; set; } = [];

    /// <summary>What is neither under way nor being given up; may hold some that are gone.</summary>
    public Queue<HintMark> Waiting { get; } = new();

    /// <summary>Keys that wait or are under way.</summary>
    public int Keys { get; set; }

    /// <summary>Their objects.</summary>
    public long Bytes { get; set; }

    /// <summary>What is under way; null between batches.</summary>
    public HintBatch? Batch { get; set; }

    /// <summary>When the next batch begins; null while one is under way, or nothing waits, or the target is not reachable.</summary>
    public TimerId? Wake { get; set; }

    /// <summary>Batches since something was last delivered.</summary>
    public int Failures { get; set; }

    public bool IsIdle => Batch is null && Wake is null;

    /// <summary>Of all that waits or is under way.</summary>
    public TimeSpan OldestAgeAt(TimeSpan now)
    {
        TimeSpan oldest = TimeSpan.Zero;
        foreach (HintMark mark in Waiting)
            oldest = Older(oldest, mark, now);
        foreach (HintDelivery delivery in Batch?.Deliveries ?? [])
            oldest = Older(oldest, delivery.Mark, now);
        return oldest;
    }

    private static TimeSpan Older(TimeSpan oldest, HintMark mark, TimeSpan now) =>
        !mark.IsGone && mark.AgeAt(now) > oldest ? mark.AgeAt(now) : oldest;

    /// <summary>The next that is not gone.</summary>
    public bool TryTake(out HintMark mark)
    {
        while (Waiting.TryDequeue(out mark!))
        {
            if (!mark.IsGone)
                return true;
        }

        return false;
    }

    /// <summary>Takes back what was not delivered, unless nothing keeps it any more.</summary>
    public void Return(HintMark mark)
    {
        if (!mark.IsGone)
            Waiting.Enqueue(mark);
    }
}

/// <summary>One key for one target.</summary>
internal sealed class HintMark(HintEntry entry, HintLane lane)
{
    public HintEntry Entry { get; } = entry;

    public HintLane Lane { get; } = lane;

    /// <summary>As in the record.</summary>
    public long KeptAtMillis { get; set; }

    /// <summary>When this process kept or found it.</summary>
    public TimeSpan Since { get; set; }

    /// <summary>Its age at that time.</summary>
    public TimeSpan AgeThen { get; set; }

    /// <summary>The record no longer names the target.</summary>
    public bool IsGone { get; set; }

    public TimeSpan AgeAt(TimeSpan now) => AgeThen + (now - Since);
}

/// <summary>One key in the ledger.</summary>
internal sealed class HintEntry(StoreKey key)
{
    public StoreKey Key { get; } = key;

    public List<HintMark> Marks { get; } = [];

    public long Bytes { get; set; }

    public int ObjectBytes { get; set; }
}
