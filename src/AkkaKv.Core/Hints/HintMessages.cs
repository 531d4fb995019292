using AkkaKv.Core.Kernel;
using AkkaKv.Core.Replica;

namespace AkkaKv.Core.Hints;

/// <summary>
/// Keeps an object for a node that is down, merged with what is kept of the key already. Answered by
/// <see cref="ReplicaMergeDone"/> when it is durable; <see cref="ReplicaOutcome.Busy"/> when the bound is reached, and then
/// nothing was kept. <see cref="ReplicaOutcome.Corrupt"/> for what is no hint: an object that does not check out or holds
/// nothing, a key of another partition, a target that is the keeper itself. <see cref="ReplicaOutcome.TooManyActors"/> where
/// it can't be kept beside what is. After any other outcome, or none, it may be kept
/// all the same, and be delivered.
/// </summary>
/// <param name="Target">The owner that the object is meant for.</param>
public sealed record HintStore(NodeId Target, StoreKey Key, ReadOnlyMemory<byte> Object, ulong Ticket, Address ReplyTo) : Message
{
    /// <summary>
    /// By a node that leaves, which kept it: taken past the bound of bytes, or nobody might take it. So at most the bound of the
    /// one that leaves comes on top.
    /// </summary>
    public bool IsHandedOver { get; init; }
}

/// <summary>
/// Asks for what is kept of a key, for whomever. Answered by <see cref="ReplicaReadDone"/>; its object is empty when nothing is;
/// <see cref="ReplicaOutcome.Corrupt"/> for a key of another partition, too.
/// </summary>
public sealed record HintRead(StoreKey Key, ulong Ticket, Address ReplyTo) : Message;

/// <summary>Asks what waits for whom in one partition. Answered by <see cref="HintsTold"/>.</summary>
public sealed record HintsAsk(Address ReplyTo) : Message;

/// <param name="Backlogs">One for each target that has something waiting, by name.</param>
public sealed record HintsTold(int Partition, IReadOnlyList<HintBacklog> Backlogs) : Message;

/// <summary>What waits for one target.</summary>
/// <param name="Keys">How many keys.</param>
/// <param name="Bytes">Their objects together.</param>
/// <param name="OldestAge">Since the oldest of them was first kept.</param>
public sealed record HintBacklog(NodeId Target, long Keys, long Bytes, TimeSpan OldestAge);
