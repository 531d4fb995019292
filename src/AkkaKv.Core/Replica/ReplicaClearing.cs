using AkkaKv.Core.Kernel;
using AkkaKv.Core.Ring;

namespace AkkaKv.Core.Replica;

/// <summary>
/// Begins to clear a partition that this node owns no longer, or goes on with it; sent only within a node, before what it
/// holds is compared with the owners. Answered by <see cref="ReplicaClearBegun"/>.
/// </summary>
/// <param name="RingEpoch">Of the ring by which the node is no owner.</param>
/// <param name="Ticket">Chosen by the asker, echoed in the answer.</param>
public sealed record ReplicaClearBegin(long RingEpoch, ulong Ticket, Address ReplyTo) : Message;

/// <param name="Stamp">
/// To be named by <see cref="ReplicaForget.ClearStamp"/>: keys go that nothing was written to since. Void once a newer ring is
/// known, and from the beginning when one was known already.
/// </param>
public sealed record ReplicaClearBegun(ulong Ticket, long Stamp) : Message;

/// <summary>The clearing is over: what the replica remembers for it is of no use any more. Sent only within a node.</summary>
public sealed record ReplicaClearEnd : Message;

/// <summary>What becomes of a key that is to be cleared.</summary>
internal enum ClearVerdict : byte
{
    /// <summary>It is what the owners were compared with.</summary>
    Goes = 0,

    /// <summary>Not before the owners are compared once more.</summary>
    Waits = 1,

    /// <summary>A request names more owners than the cluster does, and this node is one of them by the ring that it is cleared for.</summary>
    Stays = 2,
}

/// <summary>
/// Which keys of a partition are still what the owners were compared with. Something may arrive late: a hint, a
/// comparison. It may be the only copy, so a key that it wrote goes only after they are compared once more.
/// </summary>
/// <remarks>
/// Between the stamp and the removal each write is remembered when the store has answered; one that is under way is seen by
/// its key's work. So a key that may go is, to the byte, what it was when it was stamped, and the comparison that followed
/// brought the owners all of it: whatever happened to other keys meanwhile.
/// <para>
/// What a request writes that was planned by the ring that is cleared for, or a newer one, is no leftover: the request names a
/// larger N, and its reads and deletes come here as well, as they do while nothing changes. Such a key stays, whatever it held
/// before; the owners have that by the comparison. Clearing comes to an end however many are written, and since no key goes
/// that a dot was made for since the clearing began, the actor of then serves to its end (<see cref="DotSupply"/>).
/// What asks for no copy here by itself is no such request: hints, comparisons, transfers.
/// </para>
/// By a newer ring the node may own the partition again, and a step of a clearing may still be on its way:
/// 1. a member clears late, while nothing changes; a scan for it waits for the disk;
/// 2. a change is committed in which the node is to own the partition, and what it fetches, it holds already;
/// 3. the scan ends, and what was fetched and compared would be removed.
/// </remarks>
/// <param name="keysMax">How many keys are remembered; when more are written none goes, until it is begun anew.</param>
internal sealed class ReplicaClearing(int keysMax)
{
    private const long Void = -1;

    // Hashes of keys under a seed of their own: nobody can choose keys that are taken for each other.
    private HashSet<ulong> _meant = [];
    private HashSet<ulong> _late = [];
    private ulong _seed;
    private long _ringEpoch;
    private long _stamp;

    // Of the ring that is cleared for; 0 while nothing is cleared.
    private long _clearedFor;
    private bool _isSpent;

    public void Adopt(RingSnapshot ring)
    {
        if (ring.Epoch <= _ringEpoch)
            return;
        _ringEpoch = ring.Epoch;
        End();
    }

    /// <summary>Whether it was begun for this ring, and every key is remembered that a dot was made for since.</summary>
    public bool GoesOn(ReplicaClearBegin begin) => _clearedFor == begin.RingEpoch && !_isSpent;

    public void Begin(IActorContext context, ReplicaClearBegin begin)
    {
        if (begin.RingEpoch < _ringEpoch)
        {
            Refuse(context, begin);
            return;
        }

        if (!GoesOn(begin))
        {
            End();
            _clearedFor = begin.RingEpoch;
            _seed = context.Random.NextUInt64();
        }

        _late = [];
        context.Send(begin.ReplyTo, new ReplicaClearBegun(begin.Ticket, ++_stamp));
    }

    /// <summary>Nothing may go: that it was cleared could not be written down, or a newer ring is known.</summary>
    public static void Refuse(IActorContext context, ReplicaClearBegin begin) =>
        context.Send(begin.ReplyTo, new ReplicaClearBegun(begin.Ticket, Void));

    public void End()
    {
        (_meant, _late) = ([], []);
        (_clearedFor, _isSpent) = (0, false);
    }

    public ClearVerdict Judge(KeyWork work, long stamp)
    {
        if (_clearedFor == 0 || stamp != _stamp)
            return ClearVerdict.Waits;
        ulong key = Remembered(work.Key);
        if (_meant.Contains(key))
            return ClearVerdict.Stays;
        return _isSpent || work.WritesUnderWay > 0 || _late.Contains(key) ? ClearVerdict.Waits : ClearVerdict.Goes;
    }

    /// <summary>A write, or a removal, of the store ended, whether or not it reached the disk.</summary>
    public void Note(StagedWrite write)
    {
        if (_clearedFor == 0 || write.Forget is not null)
            return;
        bool isMeant = IsMeant(write.Put) || write.Merges.Exists(IsMeant);

        // It was staged before the ring was known. Its key may go, and its dot may be of the actor of now.
        _isSpent |= write.Put is not null && !isMeant;
        Remember(isMeant ? _meant : _late, write.Work.Key);
    }

    /// <summary>A merge brought nothing new; still its request counts this node among those that hold the key.</summary>
    public void Note(StoreKey key, ReplicaMerge merge)
    {
        if (_clearedFor > 0 && IsMeant(merge))
            Remember(_meant, key);
    }

    private bool IsMeant(ReplicaPut? put) => put is not null && put.Epoch >= _clearedFor;

    private bool IsMeant(ReplicaMerge merge) => merge.Epoch >= _clearedFor && merge.ReplyTo.Role == ActorRole.Request;

    private void Remember(HashSet<ulong> keys, StoreKey key)
    {
        if (_meant.Count + _late.Count < keysMax)
            keys.Add(Remembered(key));
        else
            _isSpent |= !keys.Contains(Remembered(key));
    }

    private ulong Remembered(StoreKey key) => StableHash.Of(key.Bytes.Span, _seed);
}
