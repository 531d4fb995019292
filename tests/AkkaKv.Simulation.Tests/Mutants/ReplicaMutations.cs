using AkkaKv.Core.Kernel;
using AkkaKv.Core.Replica;
using AkkaKv.Core.Versions;

namespace AkkaKv.Simulation.Tests.Mutants;

/// <summary>Tells the replica that its write is durable as soon as the store has it.</summary>
internal sealed class AcknowledgesEarly : Mutation
{
    public override Message? In(IActorContext context, Message message) => message switch
    {
        Early early => early.Done,
        StoreWriteDone => null,
        _ => message,
    };

    public override Message? Out(IActorContext context, Address to, Message message)
    {
        if (message is StoreWrite write)
            context.Send(context.Self, new Early(new StoreWriteDone(write.Ticket, StoreOutcome.Done)));
        return message;
    }

    private sealed record Early(StoreWriteDone Done) : Message;
}

/// <summary>Stores what it is sent instead of merging it.</summary>
internal sealed class MergesByOverwriting : Mutation
{
    private const ulong OwnTickets = 1UL << 60;
    private readonly Dictionary<ulong, ReplicaMerge> _merges = [];
    private ulong _next = OwnTickets;

    public override Message? In(IActorContext context, Message message)
    {
        if (message is ReplicaMerge merge)
        {
            _merges.Add(++_next, merge);
            context.Send(new Address(context.Self.Node, ActorRole.Store, 0), new StoreWrite(merge.Key, merge.Object, _next, context.Self));
            return null;
        }

        if (message is not StoreWriteDone done || !_merges.Remove(done.Ticket, out ReplicaMerge? written))
            return message;
        context.Send(written.ReplyTo, new ReplicaMergeDone(written.Ticket, done.Outcome == StoreOutcome.Done ? ReplicaOutcome.Done : ReplicaOutcome.StoreFailed));
        return null;
    }
}

/// <summary>Reaps a tombstone at once: what is wholly deleted is stored as nothing.</summary>
internal sealed class ReapsTombstonesAtOnce : Mutation
{
    public override Message? Out(IActorContext context, Address to, Message message)
    {
        if (message is not StoreWrite write || !SiblingSetCodec.TryDecode(write.Object, out SiblingSet set))
            return message;
        foreach (VersionedValue value in set.Values)
        {
            if (!value.Content.IsTombstone)
                return message;
        }

        return write with { Object = default };
    }
}

/// <summary>Lets every write replace all that the replica holds.</summary>
internal sealed class TreatsEveryWriteAsLast : Mutation
{
    public override Message? In(IActorContext context, Message message) =>
        message is ReplicaPut put ? put with { LastWriteWins = true } : message;
}

/// <summary>Behaves differently in each run, as an actor with a clock or a static would.</summary>
internal sealed class KnowsMoreThanItsMessages : Mutation
{
    private static int _calls;

    public override Message? Out(IActorContext context, Address to, Message message) =>
        message is ReplicaReadDone && Interlocked.Increment(ref _calls) % 1000 == 0 ? null : message;
}

/// <summary>Counts the expiry from the arrival of the write at the replica.</summary>
internal sealed class ExpiresFromArrival : Mutation
{
    public override Message? In(IActorContext context, Message message)
    {
        if (message is not ReplicaPut { Content.ExpiresAtMillis: not 0 } put)
            return message;
        long span = put.Content.ExpiresAtMillis - put.Content.WrittenAtMillis;
        return put with { Content = put.Content with { ExpiresAtMillis = context.WallNow.ToUnixTimeMilliseconds() + span } };
    }
}

/// <summary>Passes on what it is sent to whoever the first node is.</summary>
internal sealed class PassesOnToFirstNode : Mutation
{
    private static readonly NodeId First = new("node-1");

    public override Message? In(IActorContext context, Message message)
    {
        var nobody = new Address(context.Self.Node, ActorRole.Request, ulong.MaxValue);
        if (message is ReplicaMerge merge && context.Self.Node != First)
            context.Send(context.Self with { Node = First }, merge with { ReplyTo = nobody });
        return message;
    }
}
