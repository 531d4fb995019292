using AkkaKv.Core.Ids;
using AkkaKv.Core.Kernel;
using AkkaKv.Core.Node;
using AkkaKv.Simulation.World;

namespace AkkaKv.Simulation.Tests.Mutants;

/// <summary>What a mutant changes of the maker of Snowflake ids.</summary>
internal static class IdMutations
{
    public static WorldSeams Changing(Func<SnowflakeLayout, Mutation> make) => new()
    {
        Recipe = options => [.. NodeRecipe.Of(options).Select(plan => plan.Role == ActorRole.Ids && plan.Number == IdPlaces.Snowflake(options.Self).Number
            ? plan with { Make = () => new MutantActor(plan.Make(), make(options.Ids!.Layout)) }
            : plan)],
    };
}

/// <summary>
/// Begins the sequence anew before it sees that the clock went back, and waits then: when the clock comes to that
/// millisecond again, it goes on from sequences that were given already.
/// </summary>
internal sealed class TouchesTheSequenceFirst(SnowflakeLayout layout) : Mutation
{
    private readonly Dictionary<long, long> _bases = [];
    private long _last = -1;

    // Whatever comes now, the actor looks at the clock of this moment.
    public override Message? In(IActorContext context, Message message)
    {
        if (_last >= 0 && context.WallNow.ToUnixTimeMilliseconds() < MillisOf(_last))
            _bases[MillisOf(_last)] = (_last & layout.SequenceMax) + 1;
        return message;
    }

    public override Message? Out(IActorContext context, Address to, Message message)
    {
        if (message is not IdsTold told)
            return message;
        var changed = new List<IdRange>();
        foreach (IdRange range in told.Ranges)
        {
            _last = range.Last;
            changed.Add(range with { First = range.First - _bases.GetValueOrDefault(MillisOf(range.First)) });
        }

        return told with { Ranges = changed };
    }

    private long MillisOf(long id) => SnowflakeId.Decode(id, layout).UnixMillis;
}

/// <summary>Takes the mark for durable when it is sent to the disk.</summary>
internal sealed class MarksAfterTheIssue : Mutation
{
    private readonly HashSet<ulong> _answered = [];

    public override Message? In(IActorContext context, Message message) =>
        message is FactWriteDone done && done.IsDone && !_answered.Remove(done.Ticket) ? null : message;

    public override Message? Out(IActorContext context, Address to, Message message)
    {
        if (message is FactWrite write)
        {
            _answered.Add(write.Ticket);
            context.Send(context.Self, new FactWriteDone(write.Ticket, IsDone: true));
        }

        return message;
    }
}

/// <summary>Once it has refused because of the clock, it refuses for ever.</summary>
internal sealed class NeverTrustsTheClockAgain : Mutation
{
    private IdRefusal? _refusal;

    public override Message? In(IActorContext context, Message message)
    {
        if (_refusal is null || message is not IdsAsk ask)
            return message;
        context.Send(ask.ReplyTo, new IdsTold(ask.Ticket, [], _refusal));
        return null;
    }

    public override Message? Out(IActorContext context, Address to, Message message)
    {
        if (message is IdsTold { Refusal: { Kind: IdRefusalKind.Clock } refusal })
            _refusal = refusal;
        return message;
    }
}

/// <summary>Gives a range less than it was asked for.</summary>
internal sealed class GivesTooFew : Mutation
{
    public override Message? Out(IActorContext context, Address to, Message message) =>
        message is IdsTold { Ranges.Count: > 0 } told ? told with { Ranges = [.. told.Ranges.SkipLast(1)] } : message;
}

/// <summary>Uses a worker number once leased for ever.</summary>
internal sealed class OutlivesItsLease : Mutation
{
    public override Message? In(IActorContext context, Message message) => message is WorkerGrantTold { Grant: { } grant } told
        ? told with { Grant = grant with { UntilMillis = long.MaxValue } }
        : message;
}

/// <summary>Begins to use a worker number before the lease of its last holder has ended.</summary>
internal sealed class AnticipatesItsLease : Mutation
{
    public override Message? In(IActorContext context, Message message) => message is WorkerGrantTold { Grant: { } grant } told
        ? told with { Grant = grant with { FromMillis = 0 } }
        : message;
}
