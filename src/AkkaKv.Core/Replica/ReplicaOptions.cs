namespace AkkaKv.Core.Replica;

/// <summary>What bounds a replica.</summary>
/// <param name="SiblingsMax">A client's write that would leave more concurrent values than this is refused.</param>
/// <param name="UnderWayMax">Requests that one partition holds at a time; past it the answer is <see cref="ReplicaOutcome.Busy"/>.</param>
/// <param name="ObjectBytesMax">
/// A client's write that would leave several values of more bytes than this together is refused as too many siblings.
/// Default 48 MiB: two of the largest value, and what fits a frame between nodes; a larger object reaches no other replica.
/// </param>
public sealed record ReplicaOptions(int SiblingsMax = 100, int UnderWayMax = 16_384, int ObjectBytesMax = 48 << 20)
{
    /// <summary>
    /// Keys written while the partition is cleared that are remembered, in 20 bytes each; past it nothing is removed until the
    /// owners are compared anew. More than a partition is written by requests with a larger N in a comparison's time.
    /// </summary>
    public int ClearingKeysMax { get; init; } = 65_536;

    /// <summary>How it keeps its Merkle tree.</summary>
    public TreeOptions Tree { get; init; } = new();
}
