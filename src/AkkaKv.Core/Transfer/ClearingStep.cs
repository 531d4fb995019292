using AkkaKv.Core.Kernel;
using AkkaKv.Core.Replica;
using AkkaKv.Core.Versions;

namespace AkkaKv.Core.Transfer;

/// <summary>
/// One step of clearing a partition: finds the next keys and has the replica remove them. Where some were not removed, it looks
/// which of them are only damaged: nobody can compare those, and nobody waits for them.
/// </summary>
internal sealed class ClearingStep(ClearStep step, PartitionRange range, ulong ticket)
{
    private readonly List<StoreKey> _keys = [];
    private long _next = -1;
    private int _underWay;
    private int _removed;
    private int _stay;
    private int _damaged;
    private int _read;

    /// <summary>Of its questions to the store.</summary>
    public ulong Ticket => ticket;

    public void Begin(IActorContext context) => Scan(context, 0);

    /// <returns>True when it has answered.</returns>
    public bool OnScanned(IActorContext context, StoreScanDone done)
    {
        if (done.Keys.Count == 0 && done.NextCursor >= 0)
        {
            Scan(context, done.NextCursor);
            return false;
        }

        if (step.KeysMax == 0)
        {
            _keys.AddRange(done.Keys);
            return End(context);
        }

        Take(done);
        foreach (StoreKey key in _keys)
            Remove(context, key);
        return _keys.Count == 0 && End(context);
    }

    /// <returns>True when it has answered.</returns>
    public bool OnForgotten(IActorContext context, ReplicaForgetDone done)
    {
        _removed += done.IsForgotten ? 1 : 0;
        _stay += done.Stays ? 1 : 0;
        context.Count(Counter.KeysCleared, done.IsForgotten ? 1 : 0);
        if (--_underWay > 0)
            return false;
        return _removed + _stay == _keys.Count ? End(context) : ReadNext(context);
    }

    /// <returns>True when it has answered.</returns>
    public bool OnRead(IActorContext context, StoreReadDone done)
    {
        bool isRead = done.Outcome == StoreOutcome.Done && SiblingSetCodec.TryDecode(done.Object, out _);
        _damaged += isRead || done.Outcome is not (StoreOutcome.Done or StoreOutcome.Corrupt) ? 0 : 1;
        return ReadNext(context);
    }

    // Ends between two places, or the next step would begin with keys that this one had.
    private void Take(StoreScanDone done)
    {
        List<StoreKey> part = [.. done.Keys];
        part.Sort(PartitionRange.Compare);
        foreach (StoreKey key in part)
        {
            if (_keys.Count >= step.KeysMax && range.CursorOf(key) != range.CursorOf(_keys[^1]))
            {
                _next = range.CursorOf(key);
                return;
            }

            _keys.Add(key);
        }

        // The part ends where the store chose: what shares the place of its last key waits for the next pass.
        if (done.NextCursor >= 0)
            _next = range.CursorOf(_keys[^1]) + 1;
    }

    private void Remove(IActorContext context, StoreKey key)
    {
        _underWay++;
        context.Send(
            context.Self with { Role = ActorRole.Replica }, new ReplicaForget(key, 0, context.Self) { ClearStamp = step.Stamp });
    }

    private bool ReadNext(IActorContext context)
    {
        if (_read == _keys.Count)
            return End(context);
        context.Send(TransferSourceActor.StoreOf(context), new StoreRead(_keys[_read++], ticket, context.Self));
        return false;
    }

    private void Scan(IActorContext context, long scanCursor) => context.Send(
        TransferSourceActor.StoreOf(context), new StoreScan(range.HashAt(step.Cursor), range.Last, scanCursor, ticket, context.Self));

    private bool End(IActorContext context)
    {
        context.Send(step.ReplyTo, new ClearStepDone(step.Ticket, _keys.Count, _removed, _damaged, range.Has(_next) ? _next : -1) { Stay = _stay });
        return true;
    }
}
