using AkkaKv.Core.Kernel;
using AkkaKv.Core.Replica;

namespace AkkaKv.Core.AntiEntropy;

/// <summary>How an exchange ended.</summary>
internal enum ExchangeEnd
{
    UnderWay,

    /// <summary>Both trees were walked to the end, and what differed was moved.</summary>
    Done,

    /// <summary>Given up; what was moved stays moved.</summary>
    Failed,

    /// <summary>Another exchange has the partition; this one comes later.</summary>
    PutOff,
}

/// <summary>
/// One comparison of a partition with a peer: asks both replicas for the same nodes of their trees, from the root down;
/// where leaves differ, for their keys; and has moved what differs. A pause after each step.
/// </summary>
/// <remarks>
/// Holds no lock and needs no snapshot: while it walks, both replicas go on. A key that changes meanwhile is moved, or not,
/// and seen by the next exchange; merges make every order right.
/// </remarks>
internal sealed class Exchange
{
    private static readonly TimeSpan RebuildPollMin = TimeSpan.FromMilliseconds(4);

    private readonly uint _id;
    private readonly AntiEntropyOptions _options;
    private readonly TreeShape _shape;
    private readonly ExchangePace _pace;
    private readonly ExchangeAsks _asks;
    private readonly ExchangeMoves _moves;
    private readonly Dictionary<int, Action<IActorContext>> _pauses = [];
    private int _polls;
    private TreeWalk _walk;
    private KeyDifference _difference = new();
    private TreeNodesTold? _ours;
    private TreeNodesTold? _theirs;
    private TimeSpan _startedAt;
    private long _answeredBefore;
    private int _nextPause;
    private int _sidesListing;
    private bool _hasSeat;
    private bool _moving;

    public Exchange(uint id, PairState state, TreeShape shape, AntiEntropyOptions options, ExchangePace pace, Func<long> ringEpoch)
    {
        _id = id;
        State = state;
        _shape = shape;
        _options = options;
        _pace = pace;
        _asks = new ExchangeAsks(id);
        _moves = new ExchangeMoves(state, options, _asks, pace, ringEpoch);
        _walk = new TreeWalk(shape);
    }

    public PairState State { get; }

    public ExchangeEnd End { get; private set; }

    /// <summary>This node's tree answered.</summary>
    public bool OurTreeIsBuilt { get; private set; }

    /// <summary>Keys found to differ so far.</summary>
    public int DifferingKeys { get; private set; }

    public int DamagedKeys => _damagedTold + _moves.Damaged;

    public int KeysMoved => _moves.KeysMoved;

    public long BytesMoved => _moves.BytesMoved;

    /// <summary>What it waits for, or why it was given up, in words; empty while it works.</summary>
    public string Waiting { get; private set; } = "";

    private int _damagedTold;

    private ExchangePair Pair => State.Pair;

    public void Begin(IActorContext context)
    {
        _startedAt = context.Now;
        StartSilence(context);
        AskNodes(context);
    }

    public void Answer(IActorContext context, ulong ticket, Message answer)
    {
        _asks.Answer(context, ticket, answer);
        if (_moving && End == ExchangeEnd.UnderWay && _moves.IsAtRest)
            AfterMoves(context);
    }

    /// <summary>A pause is over.</summary>
    public void Resume(IActorContext context, int pause)
    {
        if (_pauses.Remove(pause, out Action<IActorContext>? then))
            then(context);
    }

    /// <summary>Time to look whether anything was answered since it was last looked.</summary>
    public void LookForSilence(IActorContext context)
    {
        if (_asks.Count > 0 && _asks.Answered == _answeredBefore)
            GiveUp(context, $"no answer from {Pair.Peer} for {_options.StepTimeout.TotalSeconds:0.#} s");
        else
            StartSilence(context);
    }

    /// <summary>Ends it from outside.</summary>
    public void GiveUp(IActorContext context, string why) => Close(context, ExchangeEnd.Failed, why);

    private void StartSilence(IActorContext context)
    {
        _answeredBefore = _asks.Answered;
        context.StartTimer(_options.StepTimeout, new ExchangeSilence(_id));
    }

    private void AskNodes(IActorContext context)
    {
        (int level, int[] groups) = _walk.Next(context.Random, TreeNodesAsk.GroupsMax);
        _ours = _theirs = null;
        AskNodes(context, context.Self.Node, level, groups);
        AskNodes(context, Pair.Peer, level, groups);
    }

    private void AskNodes(IActorContext context, NodeId node, int level, int[] groups)
    {
        ulong ticket = _asks.For((at, answer) => OnNodes(at, node, level, groups, answer));
        context.Send(ReplicaOf(node), new TreeNodesAsk(_shape.Leaves, level, groups, ticket, context.Self));
    }

    private void OnNodes(IActorContext context, NodeId node, int level, int[] groups, Message answer)
    {
        bool own = node == context.Self.Node;
        if (answer is not TreeNodesTold told)
        {
            GiveUp(context, $"{node} answered with something else");
            return;
        }

        OurTreeIsBuilt |= own && told.State == TreeState.Ready;
        if (own)
            _ours = told;
        else
            _theirs = told;
        if (_ours is not null && _theirs is not null)
            Compare(context, level, groups, _ours, _theirs);
    }

    private void Compare(IActorContext context, int level, int[] groups, TreeNodesTold ours, TreeNodesTold theirs)
    {
        TreeState state = theirs.State != TreeState.Ready ? theirs.State : ours.State;
        NodeId who = theirs.State != TreeState.Ready ? Pair.Peer : context.Self.Node;
        if (state == TreeState.Rebuilding)
        {
            AwaitRebuild(context, who);
        }
        else if (state == TreeState.OtherShape)
        {
            GiveUp(context, $"{who} cuts its trees differently; give all nodes the same number of leaves");
        }
        else if (state != TreeState.Ready || !_walk.Fits(level, groups.Length, ours) || !_walk.Fits(level, groups.Length, theirs))
        {
            GiveUp(context, $"{who} does not tell its tree ({state})");
        }
        else
        {
            Waiting = "";
            _walk.Compare(level, groups, ours, theirs);
            Next(context);
        }
    }

    // From the root again: what was compared so far is a moment's work.
    private void AwaitRebuild(IActorContext context, NodeId who)
    {
        Waiting = $"{who} rebuilds its tree";
        if (context.Now - _startedAt > _options.RebuildPatience)
        {
            GiveUp(context, $"{who} is still rebuilding its tree after {_options.RebuildPatience.TotalMinutes:0.#} min");
            return;
        }

        // A small partition is ready in a moment, a large one in minutes: so ever more patiently.
        TimeSpan poll = RebuildPollMin * (1 << Math.Min(_polls++, 16));
        Pause(context, poll < _options.RebuildPoll ? poll : _options.RebuildPoll, at =>
        {
            _walk = new TreeWalk(_shape);
            AskNodes(at);
        });
    }

    private void Next(IActorContext context)
    {
        if (_walk.LeavesWaiting > 0)
            Pause(context, _pace.Pause, ListKeys);
        else if (!_walk.IsOver)
            Pause(context, _pace.Pause, AskNodes);
        else if (_moves.Failed > 0)
            GiveUp(context, $"{_moves.Failed} keys did not get through");
        else
            Close(context, ExchangeEnd.Done, "");
    }

    private void ListKeys(IActorContext context)
    {
        IReadOnlyList<int> leaves = _walk.TakeLeaves(_options.StepKeys);
        _difference = new KeyDifference();
        _sidesListing = 2;
        _hasSeat = true;
        AskKeys(context, context.Self.Node, leaves, 0);
        AskKeys(context, Pair.Peer, leaves, 0);
    }

    private void AskKeys(IActorContext context, NodeId node, IReadOnlyList<int> leaves, long cursor)
    {
        ulong ticket = _asks.For((at, answer) => OnKeys(at, node, leaves, answer));
        context.Send(ReplicaOf(node), new TreeKeysAsk(_shape.Leaves, leaves, cursor, ticket, context.Self));
    }

    private void OnKeys(IActorContext context, NodeId node, IReadOnlyList<int> leaves, Message answer)
    {
        if (End != ExchangeEnd.UnderWay)
            return;
        if (answer is not TreeKeysTold { State: TreeState.Ready } told)
        {
            TreeState? state = (answer as TreeKeysTold)?.State;
            Close(context, state == TreeState.Busy ? ExchangeEnd.PutOff : ExchangeEnd.Failed, $"{node} does not tell its keys ({state})");
            return;
        }

        Hold(context, node, told);
        if (_difference.Count > _options.HeldKeysMax)
            GiveUp(context, $"more than {_options.HeldKeysMax} keys differ in one step");
        else if (told.NextCursor >= 0)
            Pause(context, _pace.Pause, at => AskKeys(at, node, leaves, told.NextCursor));
        else if (--_sidesListing == 0)
            Move(context);
    }

    // A peer may tell what it likes: keys of other partitions are none of this exchange's business.
    private void Hold(IActorContext context, NodeId node, TreeKeysTold told)
    {
        foreach (KeyVersion key in told.Keys)
        {
            if (_shape.PartitionOf(key.Key.Hash) != Pair.Partition)
                continue;
            if (node == context.Self.Node)
                _difference.AddOurs(key);
            else
                _difference.AddTheirs(key);
        }
    }

    private void Move(IActorContext context)
    {
        (Queue<(StoreKey Key, MoveKind Kind)> moves, int damaged) = _difference.Find();
        DifferingKeys += moves.Count + damaged;
        _damagedTold += damaged;
        _moves.Take(moves);
        _difference = new KeyDifference();
        _moving = true;
        Go(context);
    }

    // Nothing may be left that asks anybody: fetches, where this side only gives.
    private void Go(IActorContext context)
    {
        _moves.Go(context);
        if (_moves.IsAtRest)
            AfterMoves(context);
    }

    private void AfterMoves(IActorContext context)
    {
        _moving = false;
        if (_moves.IsOver)
        {
            Next(context);
            return;
        }

        Pause(context, _pace.Pause, at =>
        {
            _moving = true;
            Go(at);
        });
    }

    private void Pause(IActorContext context, TimeSpan delay, Action<IActorContext> then)
    {
        _pauses.Add(_nextPause, then);
        context.StartTimer(delay, new ExchangePause(_id, _nextPause));
        _nextPause++;
    }

    private void Close(IActorContext context, ExchangeEnd end, string why)
    {
        if (End != ExchangeEnd.UnderWay)
            return;
        End = end;
        Waiting = why;
        if (!_hasSeat)
            return;
        context.Send(ReplicaOf(context.Self.Node), new TreeKeysEnd(context.Self));
        context.Send(ReplicaOf(Pair.Peer), new TreeKeysEnd(context.Self));
    }

    private Address ReplicaOf(NodeId node) => new(node, ActorRole.Replica, (ulong)Pair.Partition);
}

/// <summary>Timer: a pause of an exchange is over.</summary>
internal sealed record ExchangePause(uint Exchange, int Pause) : Message;

/// <summary>Timer: time to look whether an exchange is answered.</summary>
internal sealed record ExchangeSilence(uint Exchange) : Message;

/// <summary>Timer: time to look for the next pair.</summary>
internal sealed record ExchangeTick : Message;
