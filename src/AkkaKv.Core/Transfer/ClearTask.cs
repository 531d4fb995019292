using AkkaKv.Core.AntiEntropy;
using AkkaKv.Core.Hints;
using AkkaKv.Core.Kernel;
using AkkaKv.Core.Topology;

namespace AkkaKv.Core.Transfer;

/// <summary>
/// Removes what this node owns no longer, once everyone has entered the epoch in which nobody reads or writes it here. Again
/// when the members are settled, where this directory has not noted that it did: one from a backup holds what was cleared,
/// and nobody waited for a member that was declared dead and lives.
/// </summary>
/// <remarks>
/// In rounds, until a look finds nothing:
/// 1. look which partitions that are not this node's hold anything;
/// 2. have each replica stamp what it holds;
/// 3. bring every owner of them what it lacks of it, by a comparison that fetches nothing;
/// 4. remove what is under the stamp. A partition in which something waits that was written since comes again in the next round.
/// Requests with a larger N may write to a partition all the time. What they write is not to be cleared
/// (<see cref="ReplicaClearing"/>), and a partition is done with when two rounds in a row leave nothing else.
/// </remarks>
internal sealed class ClearTask(ClearMeans means) : IEpochTask
{
    // Questions of one look or stamp that wait for their answers.
    private const int AsksMax = 64;

    private const string ClearedFact = "transfer/cleared";

    private readonly ComparePart _compare = new(means.Choice);
    private readonly HintWait _hints = new(means.Ring.Partitions);
    private readonly Queue<int> _toLook = new();
    private readonly SortedDictionary<int, PartitionClear> _round = [];
    private readonly SortedSet<int> _found = [];
    private readonly SortedSet<int> _cleared = [];
    private readonly SortedSet<int> _onlyStaying = [];
    private readonly Queue<PartitionClear> _toStamp = new();
    private readonly Queue<PartitionClear> _toClear = new();
    private int _underWay;
    private long _removed;
    private bool _allEntered;
    private bool _isDue;
    private string _waiting = "";

    public bool IsDone { get; private set; }

    public void Begin(IActorContext context)
    {
        _isDue = !means.IsLate;
        if (means.IsLate)
            context.Send(TransferSourceActor.StoreOf(context), new FactRead(ClearedFact, means.Calls.Ask(OnNoteRead), context.Self));
    }

    public void OnAllEntered(IActorContext context)
    {
        _allEntered = true;
        if (_isDue)
            StartRound(context);
    }

    public void OnCompared(IActorContext context, CompareTold told)
    {
        if (_compare.Take(told) && _underWay == 0 && _toClear.Count == 0 && _round.Count > 0)
            StartClearing(context);
    }

    public void OnHints(IActorContext context, HintsTold told)
    {
        if (IsDone || !_hints.Take(told, context.Now))
            return;
        IsDone = _hints.IsOver;
        if (!IsDone)
            means.Calls.After(context, means.Options.HintsPoll, _hints.Ask);
    }

    public EpochWork Progress(TimeSpan now) =>
        new(means.Epoch, IsDone, _cleared.Count, _found.Count, _removed, 0, 0, IsDone ? "" : WaitingAt(now));

    public void Abandon(IActorContext context)
    {
    }

    // A note of this ring's epoch or a later one was made since this ring is what it is.
    private void OnNoteRead(IActorContext context, Message answer)
    {
        var reader = new ByteReader(answer is FactReadDone { Value: var value } ? value : default);
        ulong epoch = reader.UInt64();
        IsDone = reader.IsComplete && epoch >= (ulong)means.Ring.Epoch;
        _isDue = !IsDone;
        if (_isDue && _allEntered)
            StartRound(context);
    }

    private void StartRound(IActorContext context)
    {
        _round.Clear();
        for (int partition = 0; partition < means.Ring.Partitions; partition++)
        {
            // One in which only damaged keys, or keys that stay, are left is not looked at again.
            if (!means.Ring.Owns(context.Self.Node, partition) && !_cleared.Contains(partition))
                _toLook.Enqueue(partition);
        }

        Look(context);
    }

    private void Look(IActorContext context)
    {
        while (_underWay < AsksMax && _toLook.TryDequeue(out int partition))
        {
            _underWay++;
            var clear = new PartitionClear(partition, means, OnCleared);
            clear.Look(context, (at, holds) => OnLooked(at, clear, holds));
        }

        if (_underWay == 0)
            EndLook(context);
    }

    private void OnLooked(IActorContext context, PartitionClear clear, bool holds)
    {
        _underWay--;
        if (holds)
        {
            _found.Add(clear.Partition);
            _round.Add(clear.Partition, clear);
        }

        Look(context);
    }

    private void EndLook(IActorContext context)
    {
        foreach (PartitionClear clear in _round.Values)
            _toStamp.Enqueue(clear);
        if (_round.Count > 0)
            Stamp(context);
        else
            Finish(context);
    }

    private void Stamp(IActorContext context)
    {
        while (_underWay < AsksMax && _toStamp.TryDequeue(out PartitionClear? clear))
        {
            _underWay++;
            clear.Stamped(context, at =>
            {
                _underWay--;
                Stamp(at);
            });
        }

        if (_underWay == 0)
            Compare(context);
    }

    private void Compare(IActorContext context)
    {
        var pairs = new List<ExchangePair>();
        foreach (int partition in _round.Keys)
        {
            foreach (NodeId owner in means.Ring.OwnersOf(partition))
            {
                if (!means.Gone.Contains(owner))
                    pairs.Add(new ExchangePair(partition, owner));
            }
        }

        _compare.Begin(context, pairs, isPushOnly: true);
    }

    private void StartClearing(IActorContext context)
    {
        foreach (PartitionClear clear in _round.Values)
            _toClear.Enqueue(clear);
        Clear(context);
    }

    private void Clear(IActorContext context)
    {
        while (_underWay < means.Options.PartitionsMax && _toClear.TryDequeue(out PartitionClear? clear))
        {
            _underWay++;
            clear.Begin(context);
        }

        if (_underWay == 0)
            EndRound(context);
    }

    private void OnCleared(IActorContext context, PartitionClear clear)
    {
        _underWay--;
        _removed += clear.Removed;
        if (clear.IsCleared)
            _cleared.Add(clear.Partition);
        else
            _waiting = $"partition {clear.Partition} was written to, or could not be cleared: it is compared again";
        Clear(context);
    }

    // Those that are cleared are looked at a last time only if nothing damaged is left in them: a write that was staged before
    // the stamp may have ended behind the scan. When settled they are not: what is there again, a request with a larger N has
    // brought.
    private void EndRound(IActorContext context)
    {
        foreach (PartitionClear clear in _round.Values)
        {
            bool isOnlyStaying = clear.IsCleared && clear.Stay > 0;
            bool wasOnlyStaying = isOnlyStaying ? !_onlyStaying.Add(clear.Partition) : _onlyStaying.Remove(clear.Partition);
            if (clear.Damaged == 0 && !means.IsLate && !(isOnlyStaying && wasOnlyStaying))
                _cleared.Remove(clear.Partition);
        }

        means.Calls.After(context, means.Options.RetryDelay, StartRound);
    }

    private void Finish(IActorContext context)
    {
        _waiting = "";
        _cleared.UnionWith(_found);

        // A fact is on the disk when it is answered, and so is all before it in the log: whatever the store's durability for
        // objects, what is cleared must not come back with a power cut after nobody looks for it any more.
        var writer = new ByteWriter(8);
        writer.UInt64((ulong)means.Epoch);
        ulong ticket = means.Calls.Ask(OnNoted);
        context.Send(TransferSourceActor.StoreOf(context), new FactWrite(ClearedFact, writer.Written, ticket, context.Self));
    }

    private void OnNoted(IActorContext context, Message answer)
    {
        if (answer is FactWriteDone { IsDone: true })
        {
            foreach (int partition in _found)
                PartitionClear.End(context, partition);
            Leave(context);
            return;
        }

        _waiting = "this node's store takes no writes";
        means.Calls.After(context, means.Options.RetryDelay, Finish);
    }

    private void Leave(IActorContext context)
    {
        if (means.Ring.IsMember(context.Self.Node))
            IsDone = true;
        else
            _hints.Ask(context);
    }

    private string WaitingAt(TimeSpan now)
    {
        if (!_allEntered)
            return "everyone to enter this epoch";
        string comparing = _compare.HasBegun ? _compare.WaitingAt(now) : "";
        if (comparing.Length > 0)
            return comparing;
        return _waiting.Length > 0 ? _waiting : _hints.Waiting;
    }
}
