using AkkaKv.Core.Kernel;

namespace AkkaKv.Core.Reaping;

/// <summary>A key that is dead here: deleted or expired, with nothing alive beside it.</summary>
/// <param name="Version">Hash of the encoded object; equal objects have equal bytes.</param>
public readonly record struct DeadKey(StoreKey Key, ulong Version);

/// <summary>What a member says of a dead key.</summary>
public enum ReapVerdict : byte
{
    /// <summary>It holds the same and nothing else, or it is no owner and holds nothing.</summary>
    Agreed = 0,

    /// <summary>It holds something else, or, being an owner, nothing yet.</summary>
    Differs = 1,

    /// <summary>It keeps a hint of the key for somebody.</summary>
    Hinted = 2,

    /// <summary>By its clock the expiry has not passed for long enough.</summary>
    StillAlive = 3,

    /// <summary>It cannot tell: it does not reach every member itself, or has too much to do.</summary>
    Unsure = 4,
}

/// <summary>
/// Asks a member whether some keys of the partition are dead there, too. Answered by <see cref="ReapCheckDone"/>.
/// </summary>
/// <param name="Keys">At most 1,024.</param>
public sealed record ReapCheck(ulong Round, IReadOnlyList<DeadKey> Keys, Address ReplyTo) : Message
{
    public const int KeysMax = 1024;
}

/// <param name="Verdicts">One for each key that was asked about.</param>
/// <param name="View">
/// Changes whenever the member starts anew or changes its opinion of who is reachable: the same view twice means that it
/// was never out of sight of anyone in between.
/// </param>
public sealed record ReapCheckDone(ulong Round, NodeId Member, ulong View, IReadOnlyList<ReapVerdict> Verdicts) : Message;

/// <summary>Tells a member to forget a key if it still holds that version of it. Not answered: who misses it keeps a tombstone.</summary>
public sealed record ReapForget(DeadKey Key) : Message;

/// <summary>Asks what waits to be forgotten in one partition. Answered by <see cref="ReapTold"/>.</summary>
public sealed record ReapAsk(Address ReplyTo) : Message;

/// <param name="Dead">Dead keys that the last sweep found; 0 where another node sweeps the partition.</param>
/// <param name="Waiting">Why they were not forgotten, most frequent first.</param>
public sealed record ReapTold(int Partition, int Dead, IReadOnlyList<ReapWait> Waiting) : Message;

/// <summary>One reason why keys wait.</summary>
/// <param name="Reason">A few words for a person.</param>
public sealed record ReapWait(string Reason, int Keys);

/// <summary>Whether the members are settled. While they change, a node that is filled or cleared may still hold an older value of a key.</summary>
public sealed record ReapingAllowed(bool IsAllowed) : Message;
