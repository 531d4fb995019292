namespace AkkaKv.Core.Replica;

/// <summary>How a replica keeps its Merkle tree.</summary>
public sealed record TreeOptions
{
    /// <summary>
    /// Leaves of all partitions together, shared out evenly: 12 bytes of memory each, on a node that owns everything. More
    /// leaves mean fewer keys told for each one that differs. Must be the same on all nodes.
    /// </summary>
    public int Leaves { get; init; } = 262_144;

    /// <summary>Keys that are read in one go while a tree is rebuilt, or keys are told: what a request may have to wait for.</summary>
    public int SliceKeys { get; init; } = 64;

    /// <summary>The pause between two slices, in which requests are served.</summary>
    public TimeSpan SlicePause { get; init; } = TimeSpan.FromMilliseconds(2);

    /// <summary>An answer is sent when this many keys were found in it.</summary>
    public int PageKeys { get; init; } = 512;

    /// <summary>Or after this many parts of a scan, however few were found.</summary>
    public int PageParts { get; init; } = 16;

    /// <summary>Answers under way at a time for one partition.</summary>
    public int ListingsMax { get; init; } = 2;

    /// <summary>An exchange that asked for keys keeps others from it for this long after its last question.</summary>
    public TimeSpan SeatTime { get; init; } = TimeSpan.FromSeconds(10);
}
