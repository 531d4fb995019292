namespace AkkaKv.Api;

/// <summary>Which nodes may count towards a quorum.</summary>
public enum QuorumMode
{
    /// <summary>The key's owners, and for an owner that is down the next healthy node clockwise. The default.</summary>
    Sloppy = 0,

    /// <summary>Only the key's owners.</summary>
    Strict = 1,
}

/// <summary>How many replicas a request involves. What is null takes the bucket's default, then the cluster's.</summary>
/// <param name="N">Replicas of the key, 1 to 15.</param>
/// <param name="R">Replies a read waits for, 1 to N. Ignored by writes.</param>
/// <param name="W">Acknowledgements a write waits for, 1 to N. Ignored by reads.</param>
/// <param name="Mode">Who counts.</param>
/// <param name="Timeout">The request's deadline, more than zero and at most one minute.</param>
public sealed record RequestOptions(int? N = null, int? R = null, int? W = null, QuorumMode? Mode = null, TimeSpan? Timeout = null)
{
    /// <summary>Everything by default.</summary>
    public static RequestOptions Default { get; } = new();

    /// <summary>The named level "one": R = W = 1.</summary>
    public static RequestOptions One { get; } = new(R: 1, W: 1);
}

/// <summary>What a quorum came to; travels with every reply.</summary>
/// <param name="N">Replicas of the key.</param>
/// <param name="Needed">Replies that were needed (R or W).</param>
/// <param name="Got">Replies that had arrived when the answer left.</param>
/// <param name="Overlapping">True when R + W &gt; N, so that each read quorum meets each write quorum.</param>
/// <param name="Coordinator">The node that coordinated.</param>
public sealed record QuorumReport(int N, int Needed, int Got, bool Overlapping, string Coordinator);
