using AkkaKv.Core.Hints;
using AkkaKv.Core.Kernel;

namespace AkkaKv.Core.Transfer;

/// <summary>What a node that leaves still keeps for others: it may not go before it is delivered or another one keeps it.</summary>
internal sealed class HintWait(int partitions)
{
    private readonly SortedDictionary<NodeId, long> _kept = [];
    private readonly SortedSet<int> _missing = [];
    private TimeSpan _since;

    /// <summary>All partitions have answered, and none keeps anything.</summary>
    public bool IsOver { get; private set; }

    public string Waiting { get; private set; } = "";

    public void Ask(IActorContext context)
    {
        _kept.Clear();
        _missing.Clear();
        for (int partition = 0; partition < partitions; partition++)
        {
            _missing.Add(partition);
            context.Send(new Address(context.Self.Node, ActorRole.Hints, (ulong)partition), new HintsAsk(context.Self));
        }
    }

    /// <returns>True when it was the last answer.</returns>
    public bool Take(HintsTold told, TimeSpan now)
    {
        if (!_missing.Remove(told.Partition))
            return false;
        foreach (HintBacklog backlog in told.Backlogs)
            _kept[backlog.Target] = _kept.GetValueOrDefault(backlog.Target) + backlog.Keys;
        if (_missing.Count > 0)
            return false;
        IsOver = _kept.Count == 0;
        _since = Waiting.Length == 0 ? now : _since;
        Waiting = IsOver ? "" : $"{Words()}, for {(now - _since).TotalSeconds:0} s";
        return true;
    }

    private string Words()
    {
        var targets = new List<string>();
        foreach ((NodeId target, long keys) in _kept)
            targets.Add($"{target} ({keys})");
        return $"waits for hints of {string.Join(", ", targets)} to be delivered";
    }
}
