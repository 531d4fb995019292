using AkkaKv.Api;
using AkkaKv.Core.Coordination;
using AkkaKv.Core.Gateway;
using AkkaKv.Core.Kernel;
using AkkaKv.Core.Replica;
using AkkaKv.Core.Versions;

namespace AkkaKv.Simulation.Tests.Mutants;

/// <summary>Waits for one acknowledgement fewer than W.</summary>
internal sealed class CountsOneTooFew : Mutation
{
    public override Message? In(IActorContext context, Message message) => message switch
    {
        GatewayPut put => put with { Options = Fewer(put.Options) },
        GatewayDelete delete => delete with { Options = Fewer(delete.Options) },
        _ => message,
    };

    private static RequestOptions Fewer(RequestOptions options) => options with { W = Math.Max(1, (options.W ?? 2) - 1) };
}

/// <summary>Answers a read with the first reply.</summary>
internal sealed class ReadsOneReplica : Mutation
{
    public override Message? In(IActorContext context, Message message) =>
        message is GatewayGet get ? get with { Options = get.Options with { R = 1 } } : message;
}

/// <summary>Loses the context on the way to the coordinator.</summary>
internal sealed class ForgetsContext : Mutation
{
    public override Message? In(IActorContext context, Message message) =>
        message is GatewayPut put ? put with { Put = put.Put with { Context = null } } : message;
}

/// <summary>Loses the context of some writes, once the quiet beginning is over.</summary>
internal sealed class ForgetsContextLater : Mutation
{
    public override Message? In(IActorContext context, Message message) =>
        message is GatewayPut put && context.Now > TimeSpan.FromSeconds(1) ? put with { Put = put.Put with { Context = null } } : message;
}

/// <summary>Seals contexts with a secret of its own for a second.</summary>
internal sealed class SealsWithAnotherSecret : Mutation
{
    private static readonly ContextSeal Own = new("another"u8);

    public override Message? Out(IActorContext context, Address to, Message message) =>
        message is GetDone { Reply.Context: not null } done && context.Now.TotalSeconds is > 1 and < 2
            ? done with { Reply = done.Reply with { Context = Own.Seal(StoreKey.Of("sim", "x"u8), VersionVector.Empty) } }
            : message;
}

/// <summary>Shows beside a value one that it showed before, once the quiet beginning is over.</summary>
internal sealed class ShowsOldValues(Dictionary<StoreKey, Queue<Sibling>> shown) : Mutation
{
    private const int Remembered = 4;
    private StoreKey? _key;

    public override Message? Out(IActorContext context, Address to, Message message)
    {
        _key = (message as ReplicaRead)?.Key ?? _key;
        if (message is not GetDone { Reply: { Error: null, Siblings: [{ Deleted: false, ExpiresAt: null } only] } reply } done || context.Now.TotalSeconds < 1)
            return message;
        if (!shown.TryGetValue(_key!, out Queue<Sibling>? before))
            shown.Add(_key!, before = new Queue<Sibling>());
        if (!before.Any(sibling => sibling.Tag == only.Tag))
            before.Enqueue(only);
        return before.Count > Remembered ? done with { Reply = reply with { Siblings = [before.Dequeue(), only] } } : message;
    }
}

/// <summary>A read that repairs nobody.</summary>
internal sealed class SkipsRepair : Mutation
{
    public override Message? In(IActorContext context, Message message) => message;

    public override Message? Out(IActorContext context, Address to, Message message)
    {
        if (message is not ReplicaMerge merge)
            return message;
        context.Send(context.Self, new ReplicaMergeDone(merge.Ticket, ReplicaOutcome.Done));
        return null;
    }
}

/// <summary>Says of a write that was sent that it was not.</summary>
internal sealed class DeniesWhatItSent : Mutation
{
    public override Message? Out(IActorContext context, Address to, Message message) =>
        message is PutDone { Reply.Error: { Outcome: KvOutcome.Indeterminate } error } done
            ? done with { Reply = PutReply.Failed(error with { Outcome = KvOutcome.NotAttempted }) }
            : message;
}

/// <summary>Hands out a context that covers siblings which the writer never saw.</summary>
internal sealed class ContextOverSiblings : Mutation
{
    private static readonly ContextSeal Seal = new("simulation"u8);
    private StoreKey? _key;
    private VersionVector _seen = VersionVector.Empty;

    public override Message? In(IActorContext context, Message message)
    {
        if (message is ReplicaPutDone done)
            _seen = done.Context;
        return message;
    }

    public override Message? Out(IActorContext context, Address to, Message message)
    {
        if (message is ReplicaPut put)
            _key = put.Key;
        return message is PutDone { Reply: { Error: null, Context: null } reply } done
            ? done with { Reply = reply with { Context = Seal.Seal(_key!, _seen) } }
            : message;
    }
}

/// <summary>Shows one sibling fewer than it covers.</summary>
internal sealed class HidesSibling : Mutation
{
    public override Message? Out(IActorContext context, Address to, Message message) =>
        message is GetDone { Reply.Siblings.Count: > 1 } done
            ? done with { Reply = done.Reply with { Siblings = [.. done.Reply.Siblings.Skip(1)] } }
            : message;
}

/// <summary>Never answers one read in a few.</summary>
internal sealed class ForgetsToAnswer : Mutation
{
    public override Message? Out(IActorContext context, Address to, Message message) =>
        message is GetDone { Reply.Error: not null } ? null : message;
}

/// <summary>Waits for no replica but its own.</summary>
internal sealed class WaitsForItselfAlone : Mutation
{
    public override Message? In(IActorContext context, Message message) => message switch
    {
        GatewayPut put => put with { Options = put.Options with { W = 1 } },
        GatewayDelete delete => delete with { Options = delete.Options with { W = 1 } },
        _ => message,
    };
}

/// <summary>Answers one read of three with the first reply.</summary>
internal sealed class ReadsOneReplicaAtTimes : Mutation
{
    private int _reads;

    public override Message? In(IActorContext context, Message message) =>
        message is GatewayGet get && ++_reads % 3 == 0 ? get with { Options = get.Options with { R = 1 } } : message;
}

/// <summary>Hands out a context that stands for what the write replaced, and not for the write itself.</summary>
internal sealed class ContextWithoutOwnWrite : Mutation
{
    private static readonly ContextSeal Seal = new("simulation"u8);
    private ReplicaPut? _put;

    public override Message? Out(IActorContext context, Address to, Message message)
    {
        _put = message as ReplicaPut ?? _put;
        return message is PutDone { Reply: { Error: null, Context: not null } reply } done
            ? done with { Reply = reply with { Context = Seal.Seal(_put!.Key, _put.Context) } }
            : message;
    }
}

/// <summary>Judges expiry by a clock that is late by seconds.</summary>
internal sealed class ReadsLateClock : Mutation
{
    public override DateTimeOffset WallNow(IActorContext context) => context.WallNow.AddSeconds(-3);
}

/// <summary>Judges expiry by a clock that is seconds ahead.</summary>
internal sealed class ReadsEarlyClock : Mutation
{
    public override DateTimeOffset WallNow(IActorContext context) => context.WallNow.AddSeconds(3);
}
