using AkkaKv.Core.AntiEntropy;
using AkkaKv.Core.Kernel;

namespace AkkaKv.Core.Transfer;

/// <summary>The comparison of a work: which pairs were asked for, and which have not come to their end.</summary>
internal sealed class ComparePart(SourceChoice choice)
{
    private readonly SortedDictionary<int, SortedSet<NodeId>> _left = [];
    private ulong _run;
    private string _waiting = "";
    private TimeSpan _waitingSince;

    public bool HasBegun { get; private set; }

    /// <summary>Keys that one side could not read.</summary>
    public long DamagedKeys { get; private set; }

    public void Begin(IActorContext context, IReadOnlyList<ExchangePair> pairs, bool isPushOnly)
    {
        HasBegun = true;
        _run = context.Random.NextUInt64();
        _left.Clear();
        foreach (ExchangePair pair in pairs)
        {
            if (!_left.TryGetValue(pair.Partition, out SortedSet<NodeId>? peers))
                _left.Add(pair.Partition, peers = []);
            peers.Add(pair.Peer);
        }

        _waiting = "";
        _waitingSince = context.Now;
        context.Send(Of(context), new CompareStart(_run, pairs, isPushOnly, context.Self));
    }

    /// <returns>True when all have come to their end.</returns>
    public bool Take(CompareTold told)
    {
        if (!HasBegun || told.Run != _run)
            return false;
        foreach (ExchangePair pair in told.Done)
        {
            if (_left.TryGetValue(pair.Partition, out SortedSet<NodeId>? peers) && peers.Remove(pair.Peer) && peers.Count == 0)
                _left.Remove(pair.Partition);
        }

        DamagedKeys = told.DamagedKeys;
        _waiting = told.Waiting;
        return _left.Count == 0;
    }

    /// <summary>Whether a partition was compared with all that it had to be compared with.</summary>
    public bool IsDone(int partition) => HasBegun && !_left.ContainsKey(partition);

    public string WaitingAt(TimeSpan now)
    {
        var peers = new SortedSet<NodeId>();
        foreach (SortedSet<NodeId> left in _left.Values)
            peers.UnionWith(left);
        string lost = choice.Lost(peers, now);
        if (lost.Length > 0)
            return lost;
        return _waiting.Length > 0 ? $"{_waiting}, comparing for {(now - _waitingSince).TotalSeconds:0} s" : "";
    }

    /// <summary>Ends the comparison that may be under way: the work is replaced.</summary>
    public static void Cancel(IActorContext context) =>
        context.Send(Of(context), new CompareStart(context.Random.NextUInt64(), [], false, context.Self));

    private static Address Of(IActorContext context) => new(context.Self.Node, ActorRole.AntiEntropy, 0);
}
