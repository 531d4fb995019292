using AkkaKv.Core.AntiEntropy;
using AkkaKv.Core.Hints;
using AkkaKv.Core.Kernel;
using AkkaKv.Core.Topology;

namespace AkkaKv.Core.Transfer;

/// <summary>
/// Brings this node all that it is to own: copies each partition that is new here from one of its owners, then, when no
/// request of an older epoch is under way anywhere, compares it with all of them.
/// </summary>
/// <remarks>
/// The copy is only speed; the comparison is what makes it right. It finds what only a second owner had, what the copy left
/// out, and what a crash took away behind a cursor.
/// </remarks>
internal sealed class FetchTask : IEpochTask
{
    private readonly CopyMeans _means;
    private readonly IReadOnlyList<PartitionFetch> _plan;
    private readonly Queue<PartitionFetch> _waiting;
    private readonly List<PartitionCopy> _copies = [];
    private readonly ComparePart _compare;
    private readonly List<int> _copied = [];
    private bool _allEntered;
    private int _copying;

    public FetchTask(IReadOnlyList<PartitionFetch> plan, CopyMeans means)
    {
        _means = means;
        _plan = plan;
        _waiting = new Queue<PartitionFetch>(plan.Where(fetch => fetch.MustCopy && fetch.Sources.Count > 0));
        _compare = new ComparePart(means.Choice);
    }

    public bool IsDone { get; private set; }

    public void Begin(IActorContext context)
    {
        IsDone = _plan.Count == 0;
        Fill(context);
    }

    public void OnAllEntered(IActorContext context)
    {
        _allEntered = true;
        CompareWhenReady(context);
    }

    public void OnCompared(IActorContext context, CompareTold told)
    {
        if (_compare.Take(told))
            IsDone = true;
    }

    public void OnHints(IActorContext context, HintsTold told)
    {
    }

    public EpochWork Progress(TimeSpan now)
    {
        int done = IsDone ? _plan.Count : _plan.Count(fetch => _compare.IsDone(fetch.Partition));
        TransferMeter meter = _means.Meter;
        string waiting = IsDone ? "" : WaitingAt(now);
        return new EpochWork(_means.Epoch, IsDone, done, _plan.Count, meter.Keys, meter.Bytes, meter.BytesPerSecond(now), waiting);
    }

    // The facts of an epoch that is over say nothing any more.
    public void Abandon(IActorContext context)
    {
        foreach (int partition in _copied)
            context.Send(TransferSourceActor.StoreOf(context), new FactWrite(CopyRecord.FactOf(partition), default, 0, context.Self));
    }

    private void Fill(IActorContext context)
    {
        while (_copying < _means.Options.PartitionsMax && _waiting.TryDequeue(out PartitionFetch? fetch))
        {
            _copying++;
            var copy = new PartitionCopy(fetch, _means, OnCopied);
            _copies.Add(copy);
            _copied.Add(fetch.Partition);
            copy.Begin(context);
        }
    }

    private void OnCopied(IActorContext context, PartitionCopy copy)
    {
        _copying--;
        _copies.Remove(copy);
        Fill(context);
        CompareWhenReady(context);
    }

    private void CompareWhenReady(IActorContext context)
    {
        if (!_allEntered || _copying > 0 || _compare.HasBegun || IsDone)
            return;
        var pairs = new List<ExchangePair>();
        foreach (PartitionFetch fetch in _plan)
        {
            foreach (NodeId owner in fetch.Sources)
                pairs.Add(new ExchangePair(fetch.Partition, owner));
        }

        _compare.Begin(context, pairs, isPushOnly: false);
    }

    private string WaitingAt(TimeSpan now)
    {
        foreach (PartitionCopy copy in _copies)
        {
            if (copy.Waiting.Length > 0)
                return copy.WaitingAt(now);
        }

        if (_copying == 0 && !_allEntered)
            return "everyone to enter this epoch";
        return _compare.HasBegun ? _compare.WaitingAt(now) : "";
    }
}
