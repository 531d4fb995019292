using AkkaKv.Core.Kernel;

namespace AkkaKv.Core.AntiEntropy;

/// <summary>
/// Which pair is compared next: those of a peer that came back, then those of a repair on command, then all in turn, evenly
/// over the interval and in an order that is drawn for each turn.
/// </summary>
internal sealed class ExchangeSchedule(TimeSpan interval)
{
    // Within one turn; the next turn tries again.
    private const int TriesMax = 3;

    private readonly Dictionary<ExchangePair, PairState> _byPair = [];
    private readonly Queue<PairState> _urgent = new();
    private readonly Queue<PairState> _repair = new();
    private Queue<PairState> _turn = new();
    private TimeSpan _turnStart;
    private int _taken;
    private SortedDictionary<int, int> _repairLeft = [];

    /// <summary>Every pair of the ring.</summary>
    public List<PairState> Pairs { get; private set; } = [];

    /// <summary>Partitions of the repair on command, and how many of them it has done.</summary>
    public int RepairPartitions { get; private set; }

    public int RepairDone => RepairPartitions - _repairLeft.Count;

    public bool IsRepairing => _repairLeft.Count > 0;

    /// <summary>A peer that the repair waits for because it cannot be reached; as seen by the last <see cref="Take"/>.</summary>
    public NodeId? RepairLacks { get; private set; }

    /// <summary>Something waits that is not due by the turn.</summary>
    public bool HasWaiting => _urgent.Count > 0 || _repair.Count > 0;

    /// <summary>When the turn's next pair is due.</summary>
    public TimeSpan NextDue => _turn.Count == 0
        ? _turnStart + interval
        : _turnStart + (interval * ((_taken + 1) / (double)(_taken + _turn.Count)));

    /// <summary>A ring came: pairs that stay keep what is known of them.</summary>
    public void Adopt(IReadOnlyList<ExchangePair> pairs, TimeSpan now)
    {
        var next = new List<PairState>(pairs.Count);
        var named = new HashSet<ExchangePair>(pairs);
        foreach (PairState state in Pairs)
        {
            state.IsGone = !named.Contains(state.Pair);
            if (state.IsGone)
                Drop(state);
        }

        foreach (ExchangePair pair in pairs)
        {
            if (!_byPair.TryGetValue(pair, out PairState? state))
                _byPair.Add(pair, state = new PairState(pair));
            next.Add(state);
        }

        Pairs = next;
        _turn.Clear();
        _taken = 0;
        _turnStart = now - interval;
        _waitsForFirst = true;
    }

    private bool _waitsForFirst;

    /// <summary>A peer that was lost is back.</summary>
    public void Return(NodeId peer, RandomSource random)
    {
        var back = new List<PairState>();
        foreach (PairState state in Pairs)
        {
            if (state.Pair.Peer == peer && !state.IsUrgent)
                back.Add(state);
        }

        foreach (PairState state in Shuffled(back, random))
        {
            state.IsUrgent = true;
            _urgent.Enqueue(state);
        }
    }

    /// <summary>Every pair is to be compared at once. To be called when no repair is under way.</summary>
    public void StartRepair(RandomSource random)
    {
        Invariant.Require(!IsRepairing, "one repair at a time", _repairLeft.Count);
        _repairLeft = [];
        foreach (PairState state in Shuffled(Pairs, random))
        {
            state.IsInRepair = true;
            _repair.Enqueue(state);
            _repairLeft[state.Pair.Partition] = _repairLeft.GetValueOrDefault(state.Pair.Partition) + 1;
        }

        RepairPartitions = _repairLeft.Count;
    }

    /// <summary>The next pair to compare now, marked active; null when there is none.</summary>
    public PairState? Take(TimeSpan now, bool onSchedule, Func<NodeId, bool> reachable, RandomSource random)
    {
        PairState? taken = (onSchedule ? TakeUrgent(now, reachable) : null) ?? TakeRepair(now, reachable)
            ?? (onSchedule ? TakeTurn(now, reachable, random) : null);
        if (taken is not null)
            taken.IsActive = true;
        return taken;
    }

    public void Finish(PairState state, TimeSpan now, int differing, int damaged)
    {
        state.IsActive = false;
        state.IsUrgent = false;
        state.FinishedAt = now;
        state.Failures = 0;
        state.DifferingKeys = differing;
        state.DamagedKeys = damaged;
        LeaveRepair(state);
    }

    /// <summary>It was given up, or put off, and comes again.</summary>
    public void PutOff(PairState state, TimeSpan notBefore)
    {
        state.IsActive = false;
        state.NotBefore = notBefore;
        state.Failures++;
        if (state.IsGone)
            return;
        if (state.IsUrgent)
            _urgent.Enqueue(state);
        else if (state.IsInRepair)
            _repair.Enqueue(state);
        else if (state.Failures % TriesMax != 0)
            _turn.Enqueue(state);
    }

    // Whoever is lost again becomes urgent when it is back.
    private PairState? TakeUrgent(TimeSpan now, Func<NodeId, bool> reachable)
    {
        for (int left = _urgent.Count; left > 0; left--)
        {
            PairState state = _urgent.Dequeue();
            if (state.IsGone || !state.IsUrgent)
                continue;
            if (!reachable(state.Pair.Peer))
                LoseUrgency(state);
            else if (state.IsActive || state.NotBefore > now)
                _urgent.Enqueue(state);
            else
                return state;
        }

        return null;
    }

    private void LoseUrgency(PairState state)
    {
        state.IsUrgent = false;
        if (state.IsInRepair)
            _repair.Enqueue(state);
    }

    private PairState? TakeRepair(TimeSpan now, Func<NodeId, bool> reachable)
    {
        RepairLacks = null;
        for (int left = _repair.Count; left > 0; left--)
        {
            PairState state = _repair.Dequeue();
            if (state.IsGone || !state.IsInRepair)
                continue;
            bool canBeReached = reachable(state.Pair.Peer);
            if (canBeReached && !state.IsActive && state.NotBefore <= now)
                return state;
            _repair.Enqueue(state);
            if (!canBeReached)
                RepairLacks = state.Pair.Peer;
        }

        return null;
    }

    // Whoever cannot be reached is left out of this turn: it comes first when it is back.
    private PairState? TakeTurn(TimeSpan now, Func<NodeId, bool> reachable, RandomSource random)
    {
        if (_turn.Count == 0 && now >= _turnStart + interval)
            StartTurn(now, random);
        for (int left = _turn.Count; left > 0 && now >= NextDue; left--)
        {
            PairState state = _turn.Dequeue();
            _taken++;
            if (state.IsGone || !reachable(state.Pair.Peer))
                continue;
            if (!state.IsActive && state.NotBefore <= now)
                return state;
            _taken--;
            _turn.Enqueue(state);
        }

        return null;
    }

    // The first pair of a new ring is due a little later, as every other one is: a start is no reason for haste.
    private void StartTurn(TimeSpan now, RandomSource random)
    {
        _turnStart = _waitsForFirst || now > _turnStart + (2 * interval) ? now : _turnStart + interval;
        _waitsForFirst = false;
        _turn = new Queue<PairState>(Shuffled(Pairs, random));
        _taken = 0;
    }

    private void Drop(PairState state)
    {
        _byPair.Remove(state.Pair);
        LeaveRepair(state);
    }

    private void LeaveRepair(PairState state)
    {
        if (!state.IsInRepair)
            return;
        state.IsInRepair = false;
        int left = _repairLeft[state.Pair.Partition] - 1;
        if (left == 0)
            _repairLeft.Remove(state.Pair.Partition);
        else
            _repairLeft[state.Pair.Partition] = left;
    }

    internal static List<PairState> Shuffled(List<PairState> states, RandomSource random)
    {
        List<PairState> shuffled = [.. states];
        for (int i = shuffled.Count - 1; i > 0; i--)
        {
            int other = random.Next(i + 1);
            (shuffled[i], shuffled[other]) = (shuffled[other], shuffled[i]);
        }

        return shuffled;
    }
}
