using AkkaKv.Core.Kernel;
using AkkaKv.Core.Replica;
using AkkaKv.Core.Versions;

namespace AkkaKv.Core.AntiEntropy;

/// <summary>
/// Moves the objects in which two replicas differ, as merges, so many keys and bytes at a time: the peer's object to this
/// node where this node lacks something of it, this node's to the peer where the peer does.
/// </summary>
/// <remarks>
/// Under this node's ring: a node that has missed a change, such as one that lost its disk and begins with an old list of
/// members, would else fetch what it owns no longer, and nobody would clear it.
/// </remarks>
internal sealed class ExchangeMoves(PairState state, AntiEntropyOptions options, ExchangeAsks asks, ExchangePace pace, Func<long> ringEpoch)
{
    private readonly bool _isPushOnly = state.Run is { IsPushOnly: true };
    private Queue<(StoreKey Key, MoveKind Kind)> _waiting = new();
    private long _bytesUnderWay;
    private int _underWay;
    private int _budget;

    /// <summary>Objects that were merged, in either direction.</summary>
    public int KeysMoved { get; private set; }

    public long BytesMoved { get; private set; }

    /// <summary>Keys that a replica could not read.</summary>
    public int Damaged { get; private set; }

    /// <summary>Keys that did not get through.</summary>
    public int Failed { get; private set; }

    /// <summary>Nothing is left to move, nor on its way.</summary>
    public bool IsOver => _waiting.Count == 0 && _underWay == 0;

    /// <summary>Nothing is on its way; what is left waits for a pause.</summary>
    public bool IsAtRest => _underWay == 0;

    public void Take(Queue<(StoreKey Key, MoveKind Kind)> moves) => _waiting = moves;

    /// <summary>Starts the next few.</summary>
    public void Go(IActorContext context)
    {
        _budget = options.StepMoves;
        Fill(context);
    }

    private void Fill(IActorContext context)
    {
        while (_budget > 0 && _underWay < options.MovesMax && _bytesUnderWay < options.MoveBytesMax
            && _waiting.TryDequeue(out (StoreKey Key, MoveKind Kind) next))
        {
            if (_isPushOnly && next.Kind == MoveKind.Fetch)
                continue;
            _budget--;
            _underWay++;
            var move = new KeyMove(next.Key);
            if (next.Kind != MoveKind.Fetch)
                Read(context, move, ours: true);
            if (next.Kind != MoveKind.Push)
                Read(context, move, ours: false);
        }
    }

    private void Read(IActorContext context, KeyMove move, bool ours)
    {
        move.Pending++;
        ulong ticket = asks.For((at, answer) => OnRead(at, move, ours, answer));
        context.Send(ReplicaOf(context, ours), new ReplicaRead(move.Key, ticket, context.Self, ringEpoch()));
    }

    private void OnRead(IActorContext context, KeyMove move, bool ours, Message answer)
    {
        move.Pending--;
        SiblingSet set = SiblingSet.Empty;
        if (answer is not ReplicaReadDone { Outcome: ReplicaOutcome.Done } done)
            Note(move, (answer as ReplicaReadDone)?.Outcome);
        else if (!SiblingSetCodec.TryDecode(done.Object, out set))
            move.IsDamaged = true;
        else
            Hold(move, ours, set, done.Object);
        if (move.Pending > 0)
            return;
        if (!move.IsDamaged && !move.HasFailed)
            Exchange(context, move);
        if (move.Pending == 0)
            End(context, move);
    }

    private void Hold(KeyMove move, bool ours, SiblingSet set, ReadOnlyMemory<byte> bytes)
    {
        if (ours)
            (move.Ours, move.OurBytes) = (set, bytes);
        else
            (move.Theirs, move.TheirBytes) = (set, bytes);
        move.Bytes += bytes.Length;
        _bytesUnderWay += bytes.Length;
    }

    // Each is sent what the other holds, and only where that brings something: both merges have the same result.
    private void Exchange(IActorContext context, KeyMove move)
    {
        bool weLack = !_isPushOnly && !move.Ours.Includes(move.Theirs);
        bool theyLack = !move.Theirs.Includes(move.Ours);
        if (weLack)
            Merge(context, move, ours: true, move.TheirBytes);
        if (theyLack)
            Merge(context, move, ours: false, move.OurBytes);
    }

    private void Merge(IActorContext context, KeyMove move, bool ours, ReadOnlyMemory<byte> bytes)
    {
        move.Pending++;
        ulong ticket = asks.For((at, answer) => OnMerged(at, move, bytes.Length, answer));
        context.Send(ReplicaOf(context, ours), new ReplicaMerge(move.Key, bytes, ticket, context.Self, ringEpoch()));
    }

    private void OnMerged(IActorContext context, KeyMove move, int bytes, Message answer)
    {
        move.Pending--;
        if (answer is ReplicaMergeDone { Outcome: ReplicaOutcome.Done })
        {
            KeysMoved++;
            BytesMoved += bytes;
            context.Count(Counter.ExchangeKeysMoved);
            context.Count(Counter.ExchangeBytesMoved, bytes);
        }
        else
        {
            Note(move, (answer as ReplicaMergeDone)?.Outcome);
        }

        if (move.Pending == 0)
            End(context, move);
    }

    private void Note(KeyMove move, ReplicaOutcome? outcome)
    {
        if (outcome == ReplicaOutcome.Corrupt)
            move.IsDamaged = true;
        else
            move.HasFailed = true;
        if (outcome is ReplicaOutcome.Busy or ReplicaOutcome.BusyUnsure)
            pace.SlowDown();
    }

    private void End(IActorContext context, KeyMove move)
    {
        _underWay--;
        _bytesUnderWay -= move.Bytes;
        Damaged += move.IsDamaged ? 1 : 0;
        Failed += move.HasFailed ? 1 : 0;
        Fill(context);
    }

    private Address ReplicaOf(IActorContext context, bool ours) =>
        new(ours ? context.Self.Node : state.Pair.Peer, ActorRole.Replica, (ulong)state.Pair.Partition);

    /// <summary>One key on its way.</summary>
    private sealed class KeyMove(StoreKey key)
    {
        public StoreKey Key => key;

        public SiblingSet Ours { get; set; } = SiblingSet.Empty;

        public SiblingSet Theirs { get; set; } = SiblingSet.Empty;

        public ReadOnlyMemory<byte> OurBytes { get; set; }

        public ReadOnlyMemory<byte> TheirBytes { get; set; }

        /// <summary>Answers that it waits for.</summary>
        public int Pending { get; set; }

        public long Bytes { get; set; }

        public bool IsDamaged { get; set; }

        public bool HasFailed { get; set; }
    }
}
