using AkkaKv.Core.Kernel;

namespace AkkaKv.Core.AntiEntropy;

/// <summary>What was asked for with one <see cref="CompareStart"/>, and how much of it is left.</summary>
/// <remarks>
/// Its pairs have states of their own, apart from those of the ring: so no exchange that began earlier, or for another
/// reason, is taken for one of its own.
/// </remarks>
internal sealed class CompareRun
{
    private readonly CompareStart _start;
    private readonly Queue<PairState> _waiting = new();
    private readonly List<PairState> _states = [];

    public CompareRun(CompareStart start, RandomSource random)
    {
        _start = start;
        foreach (ExchangePair pair in start.Pairs)
            _states.Add(new PairState(pair) { Run = this });
        foreach (PairState state in ExchangeSchedule.Shuffled(_states, random))
            _waiting.Enqueue(state);
        Left = _states.Count;
    }

    public ulong Number => _start.Run;

    public bool IsPushOnly => _start.IsPushOnly;

    /// <summary>Pairs that have not come to their end.</summary>
    public int Left { get; private set; }

    /// <summary>Keys of the others that one side could not read.</summary>
    public long DamagedKeys { get; private set; }

    public bool HasWaiting => _waiting.Count > 0;

    /// <summary>The next pair to compare now; null when there is none.</summary>
    public PairState? Take(TimeSpan now, Func<NodeId, bool> reachable)
    {
        for (int left = _waiting.Count; left > 0; left--)
        {
            PairState state = _waiting.Dequeue();
            if (state.NotBefore <= now && reachable(state.Pair.Peer))
                return state;
            _waiting.Enqueue(state);
        }

        return null;
    }

    public void Finish(IActorContext context, PairState state, int damaged)
    {
        Left--;
        DamagedKeys += damaged;
        Tell(context, [state.Pair], "");
    }

    /// <summary>It was given up, and comes again.</summary>
    public void PutOff(IActorContext context, PairState state, TimeSpan notBefore, string why)
    {
        state.NotBefore = notBefore;
        _waiting.Enqueue(state);
        Tell(context, [], why);
    }

    /// <summary>Another run takes its place: exchanges of it that are under way are for nobody.</summary>
    public void Abandon()
    {
        _waiting.Clear();
        foreach (PairState state in _states)
            state.IsGone = true;
    }

    public void Tell(IActorContext context, IReadOnlyList<ExchangePair> done, string waiting) =>
        context.Send(_start.ReplyTo, new CompareTold(Number, done, Left, DamagedKeys, waiting));
}
