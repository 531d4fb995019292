using AkkaKv.Core.Kernel;

namespace AkkaKv.Core.AntiEntropy;

/// <summary>A partition of this node, and another node that holds it.</summary>
public readonly record struct ExchangePair(int Partition, NodeId Peer);

/// <summary>What is known of one pair.</summary>
internal sealed class PairState(ExchangePair pair)
{
    public ExchangePair Pair => pair;

    /// <summary>What it is compared for; null for a pair of the ring.</summary>
    public CompareRun? Run { get; init; }

    /// <summary>When an exchange last came to its end; null for never.</summary>
    public TimeSpan? FinishedAt { get; set; }

    /// <summary>Keys that differed then, and those of them that one side cannot read.</summary>
    public int DifferingKeys { get; set; }

    public int DamagedKeys { get; set; }

    /// <summary>Its peer came back: it is compared before the others.</summary>
    public bool IsUrgent { get; set; }

    /// <summary>A repair on command waits for it.</summary>
    public bool IsInRepair { get; set; }

    /// <summary>It is being compared.</summary>
    public bool IsActive { get; set; }

    /// <summary>Not to be tried before.</summary>
    public TimeSpan NotBefore { get; set; }

    /// <summary>Failures in a row.</summary>
    public int Failures { get; set; }

    /// <summary>The ring names it no longer, or its run was replaced.</summary>
    public bool IsGone { get; set; }
}
