using AkkaKv.Core.Kernel;
using AkkaKv.Core.Versions;

namespace AkkaKv.Core.Replica;

/// <summary>
/// What is under way for one key: the set as it will be when every staged write is durable, the changes that wait for
/// it to be read, and the writes that wait for the disk.
/// </summary>
/// <remarks>
/// Invariant: <see cref="Staged"/> is null exactly while the read is under way; after it, each change builds on the one
/// before, so that writes of one key never overtake each other.
/// </remarks>
internal sealed class KeyWork(StoreKey key)
{
    public StoreKey Key { get; } = key;

    public SiblingSet? Staged { get; set; }

    /// <summary>The <see cref="VersionHash"/> of what a read shows: what was read, then each write as it becomes durable.</summary>
    public ulong DurableVersion { get; set; }

    /// <summary>Changes that arrived before the set was read, in order of arrival.</summary>
    public Queue<Message> Waiting { get; } = new();

    /// <summary>The newest write handed to the store; null when none is under way.</summary>
    public StagedWrite? Newest { get; set; }

    /// <summary>Writes handed to the store and not yet completed.</summary>
    public int WritesUnderWay { get; set; }
}

/// <summary>One write at the store, and who is to be told when it is durable.</summary>
internal sealed class StagedWrite(KeyWork work)
{
    public KeyWork Work { get; } = work;

    /// <summary>The <see cref="VersionHash"/> of the set that it writes.</summary>
    public ulong Version { get; set; }

    /// <summary>The client's write that it stands for; null for a merge.</summary>
    public ReplicaPut? Put { get; init; }

    /// <summary>The agreement to forget that it stands for; null for a write.</summary>
    public ReplicaForget? Forget { get; init; }

    /// <summary>What the client's write is told when all goes well.</summary>
    public ReplicaPutDone? PutDone { get; init; }

    /// <summary>Merges that are durable when this write is: its own, and those that it already included.</summary>
    public List<ReplicaMerge> Merges { get; } = [];

    public static StagedWrite Of(KeyWork work, ReplicaMerge merge)
    {
        var write = new StagedWrite(work);
        write.Merges.Add(merge);
        return write;
    }
}
