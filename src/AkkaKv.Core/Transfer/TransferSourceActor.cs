using AkkaKv.Core.Kernel;
using AkkaKv.Core.Replica;

namespace AkkaKv.Core.Transfer;

/// <summary>
/// Gives the objects of one partition to nodes that are to own it, and removes them once this node owns it no longer. One
/// for each partition, beside its replica: only there does the store tell the partition's keys.
/// </summary>
public sealed class TransferSourceActor(TransferOptions options, int partitions) : Actor
{
    private readonly SortedDictionary<ulong, SourcePull> _pulls = [];
    private readonly Queue<ClearStep> _steps = new();
    private ClearingStep? _step;
    private ulong _nextTicket;

    public override void Receive(IActorContext context, Message message)
    {
        switch (message)
        {
            case TransferPull pull: OnPull(context, pull); break;
            case ClearStep step: OnClearStep(context, step); break;
            case StoreScanDone done: OnScanned(context, done); break;
            case StoreReadDone done: OnRead(context, done); break;
            case ReplicaForgetDone done when _step is not null: Close(context, _step.OnForgotten(context, done)); break;
            default: throw new InvariantException($"a source of transfers has no use for {message.GetType().Name}");
        }
    }

    internal static Address StoreOf(IActorContext context) => new(context.Self.Node, ActorRole.Store, 0);

    private void OnPull(IActorContext context, TransferPull pull)
    {
        PartitionRange range = RangeOf(context);
        if ((ulong)pull.Partition != context.Self.Number || !range.Has(pull.Cursor) || pull.BytesMax is < 1 or > TransferPull.BytesMaxMost)
        {
            Refuse(context, pull, TransferOutcome.Refused);
            return;
        }

        Forget(pull.ReplyTo);
        if (_pulls.Count >= options.PullersMax)
        {
            Refuse(context, pull, TransferOutcome.Busy);
            return;
        }

        var begun = new SourcePull(pull, range, _nextTicket++);
        _pulls.Add(begun.Ticket, begun);
        begun.Begin(context);
    }

    // Whoever asks again waits for the older answer no longer.
    private void Forget(Address puller)
    {
        foreach ((ulong ticket, SourcePull pull) in _pulls)
        {
            if (pull.Puller != puller)
                continue;
            _pulls.Remove(ticket);
            return;
        }
    }

    private void OnClearStep(IActorContext context, ClearStep step)
    {
        _steps.Enqueue(step);
        if (_step is null)
            NextStep(context);
    }

    private void NextStep(IActorContext context)
    {
        _step = _steps.TryDequeue(out ClearStep? step) ? new ClearingStep(step, RangeOf(context), _nextTicket++) : null;
        _step?.Begin(context);
    }

    // An answer for nobody is for a pull that was asked for again.
    private void OnScanned(IActorContext context, StoreScanDone done)
    {
        if (_step?.Ticket == done.Ticket)
            Close(context, _step.OnScanned(context, done));
        else if (_pulls.TryGetValue(done.Ticket, out SourcePull? pull) && pull.OnScanned(context, done))
            _pulls.Remove(done.Ticket);
    }

    private void OnRead(IActorContext context, StoreReadDone done)
    {
        if (_step?.Ticket == done.Ticket)
            Close(context, _step.OnRead(context, done));
        else if (_pulls.TryGetValue(done.Ticket, out SourcePull? pull) && pull.OnRead(context, done))
            _pulls.Remove(done.Ticket);
    }

    private void Close(IActorContext context, bool isOver)
    {
        if (isOver)
            NextStep(context);
    }

    private PartitionRange RangeOf(IActorContext context) => PartitionRange.Of((int)context.Self.Number, partitions);

    private static void Refuse(IActorContext context, TransferPull pull, TransferOutcome outcome) =>
        context.Send(pull.ReplyTo, new TransferBatch(pull.Ticket, outcome, -1, [], [], 0));
}
