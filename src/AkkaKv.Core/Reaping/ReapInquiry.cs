using AkkaKv.Core.Kernel;
using AkkaKv.Core.Replica;
using AkkaKv.Core.Versions;

namespace AkkaKv.Core.Reaping;

/// <summary>One check at the member that was asked: looks each key up among its objects and among its hints.</summary>
internal sealed class ReapInquiry(ReapCheck check, bool owns, TimeSpan grace)
{
    private readonly ReapVerdict[] _verdicts = new ReapVerdict[check.Keys.Count];
    private int _open;

    public ReapCheck Check => check;

    public bool IsComplete => _open == 0;

    public IReadOnlyList<ReapVerdict> Verdicts => _verdicts;

    /// <summary>Sends the two questions for each key. Tickets of objects are even, of hints odd.</summary>
    public void Start(IActorContext context, ulong firstTicket)
    {
        var store = new Address(context.Self.Node, ActorRole.Store, 0);
        for (int i = 0; i < check.Keys.Count; i++)
        {
            ulong ticket = firstTicket + (2 * (ulong)i);
            _open += 2;
            context.Send(store, new StoreRead(check.Keys[i].Key, ticket, context.Self));
            context.Send(store, new StoreRead(check.Keys[i].Key, ticket + 1, context.Self, StoreSpace.Hints));
        }
    }

    public void Add(IActorContext context, int question, StoreReadDone done)
    {
        _open--;
        int key = question / 2;
        ReapVerdict found = question % 2 == 0 ? OfObject(context, check.Keys[key], done) : OfHint(done);
        if (found > _verdicts[key])
            _verdicts[key] = found;
    }

    private ReapVerdict OfObject(IActorContext context, DeadKey key, StoreReadDone done)
    {
        if (done.Outcome != StoreOutcome.Done)
            return ReapVerdict.Differs;
        if (done.Object.IsEmpty)
            return owns ? ReapVerdict.Differs : ReapVerdict.Agreed;
        if (DeadRule.VersionOf(done.Object) != key.Version || !SiblingSetCodec.TryDecode(done.Object, out SiblingSet set))
            return ReapVerdict.Differs;
        return DeadRule.IsDead(set, context.WallNow, grace) ? ReapVerdict.Agreed : ReapVerdict.StillAlive;
    }

    private static ReapVerdict OfHint(StoreReadDone done) =>
        done.Outcome == StoreOutcome.Done && done.Object.IsEmpty ? ReapVerdict.Agreed : ReapVerdict.Hinted;
}
