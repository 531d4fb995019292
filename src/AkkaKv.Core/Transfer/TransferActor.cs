using AkkaKv.Core.AntiEntropy;
using AkkaKv.Core.Hints;
using AkkaKv.Core.Kernel;
using AkkaKv.Core.Membership;
using AkkaKv.Core.Reaping;
using AkkaKv.Core.Replica;
using AkkaKv.Core.Ring;
using AkkaKv.Core.Topology;

namespace AkkaKv.Core.Transfer;

/// <summary>
/// Does the work of the epochs: brings this node what it is to own, and clears what it owns no longer. One for each node; it
/// works on the epoch that was entered last and on no other. One that only concerns leases has no work of its own.
/// </summary>
public sealed class TransferActor(TransferOptions options) : Actor
{
    private readonly ExchangePace _pace = new(options.PauseMin, options.PauseMax);
    private readonly SourceChoice _choice = new();
    private EpochEntered? _entered;
    private IEpochTask? _task;
    private WorkCalls _calls = new(0);
    private bool _hasTold;

    public override void Start(IActorContext context) =>
        context.Send(new Address(context.Self.Node, ActorRole.Membership, 0), new SubscribeReachability(context.Self));

    public override void Receive(IActorContext context, Message message)
    {
        switch (message)
        {
            case EpochEntered entered: OnEntered(context, entered); break;
            case EpochWorkAsk ask: context.Send(ask.ReplyTo, new EpochWorkTold(Progress(context.Now))); break;
            case TransferBatch batch: _calls.Answer(context, batch.Ticket, batch); break;
            case ReplicaMergeDone done: _calls.Answer(context, done.Ticket, done); break;
            case FactReadDone done: _calls.Answer(context, done.Ticket, done); break;
            case FactWriteDone done: _calls.Answer(context, done.Ticket, done); break;
            case ReplicaClearBegun begun: _calls.Answer(context, begun.Ticket, begun); break;
            case ClearStepDone done: _calls.Answer(context, done.Ticket, done); break;
            case WorkDue due: _calls.OnDue(context, due); break;
            case CompareTold told: _task?.OnCompared(context, told); break;
            case HintsTold told: _task?.OnHints(context, told); break;
            case ReachabilityChanged changed: _choice.Adopt(changed.Snapshot); break;
            case ForegroundLatency latency: _pace.Observe(latency); break;
            default: throw new InvariantException($"the transfer actor has no use for {message.GetType().Name}");
        }

        TellOnce(context);
    }

    private void OnEntered(IActorContext context, EpochEntered entered)
    {
        if (entered.Configuration.Epoch < _entered?.Configuration.Epoch)
            return;
        long before = _entered?.Configuration.WorkEpoch ?? 0;
        long epoch = entered.Configuration.WorkEpoch;
        bool hadAllEntered = epoch == before && _entered!.AllEntered;
        _entered = entered with { AllEntered = entered.AllEntered || hadAllEntered };
        if (epoch > before)
            Replace(context, entered);
        if (_entered.AllEntered && !hadAllEntered)
            _task?.OnAllEntered(context);
        _hasTold = false;
    }

    private void Replace(IActorContext context, EpochEntered entered)
    {
        if (_task is not null)
        {
            _task.Abandon(context);
            ComparePart.Cancel(context);
        }

        _calls = new WorkCalls((uint)context.Random.NextUInt64());
        _task = TaskOf(context.Self.Node, entered);
        TellReapers(context, entered);
        _task?.Begin(context);
    }

    private IEpochTask? TaskOf(NodeId self, EpochEntered entered)
    {
        ClusterConfiguration configuration = entered.Configuration;
        RingSnapshot ring = entered.Ring;
        bool isLate = configuration.Phase == TopologyPhase.Settled && ring.Epoch > 1 && ring.IsMember(self);
        if (configuration.Phase == TopologyPhase.WriteNew || isLate)
            return new ClearTask(new ClearMeans(configuration.WorkEpoch, ring, configuration.Gone, options, _calls, _pace, _choice) { IsLate = isLate });
        if (!configuration.HasWork || ring.Also is not { } after)
            return null;
        IReadOnlyList<PartitionFetch> plan = PartitionFetch.Plan(self, ring, after, configuration.Gone);
        var meter = new TransferMeter(options.BytesPerSecondMax);
        return new FetchTask(plan, new CopyMeans(configuration.WorkEpoch, ring.Partitions, options, _calls, _pace, meter, _choice));
    }

    // A key may be forgotten only where nobody but the members of the one ring can still hold an older value of it.
    private static void TellReapers(IActorContext context, EpochEntered entered)
    {
        var allowed = new ReapingAllowed(entered.Configuration.Phase == TopologyPhase.Settled);
        for (int partition = 0; partition < entered.Ring.Partitions; partition++)
            context.Send(new Address(context.Self.Node, ActorRole.Reaper, (ulong)partition), allowed);
    }

    // Once it is done, and again whenever the epoch is told again: whoever asks may have been restarted.
    private void TellOnce(IActorContext context)
    {
        if (_hasTold || _entered is null || _task is { IsDone: false })
            return;
        _hasTold = true;
        context.Send(new Address(context.Self.Node, ActorRole.Topology, 0), new EpochWorkTold(Progress(context.Now)));
    }

    private EpochWork Progress(TimeSpan now)
    {
        if (_task is not null)
            return _task.Progress(now);
        return _entered is null
            ? new EpochWork(0, false, 0, 0, 0, 0, 0, "no epoch was entered yet")
            : new EpochWork(_entered.Configuration.WorkEpoch, true, 0, 0, 0, 0, 0, "");
    }
}
