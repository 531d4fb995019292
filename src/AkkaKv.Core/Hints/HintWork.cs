using AkkaKv.Core.Kernel;

namespace AkkaKv.Core.Hints;

/// <summary>What is under way for one key's record; the same shape as a replica's work on an object.</summary>
/// <remarks>
/// Invariant: <see cref="Staged"/> is null exactly while the read is under way; after it, each change builds on the one
/// before, so that writes of one key never overtake each other.
/// </remarks>
internal sealed class HintWork(StoreKey key)
{
    public StoreKey Key { get; } = key;

    /// <summary>The record as it will be when every staged write is durable.</summary>
    public HintRecord? Staged { get; set; }

    /// <summary>By how much it exceeds what is durable, in bytes.</summary>
    public long Growth { get; set; }

    /// <summary>Changes that arrived before the record was read.</summary>
    public Queue<HintChange> Waiting { get; } = new();

    /// <summary>The newest write handed to the store; null when none is under way.</summary>
    public StagedHint? Newest { get; set; }

    public int WritesUnderWay { get; set; }
}

/// <summary>One write at the store, and what is done when it is durable.</summary>
internal sealed class StagedHint(HintWork work, HintRecord record)
{
    public HintWork Work { get; } = work;

    public HintRecord Record { get; } = record;

    public List<HintChange> Changes { get; } = [];
}
