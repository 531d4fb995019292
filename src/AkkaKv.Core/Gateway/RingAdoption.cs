using AkkaKv.Core.Coordination;
using AkkaKv.Core.Kernel;
using AkkaKv.Core.Ring;
using AkkaKv.Core.Topology;

namespace AkkaKv.Core.Gateway;

/// <summary>
/// A gateway's ring: how many requests are under way by it and by older ones, who waits for a newer one, and when it is
/// confirmed: as soon as nothing that began under an older ring is under way.
/// </summary>
/// <param name="waitersMax">Past it, who asks for a newer ring hears nothing, and ends by its deadline.</param>
internal sealed class RingAdoption(int waitersMax)
{
    // Often enough for a request of two seconds; the answer of a member takes a round trip.
    private static readonly TimeSpan CatchUpPause = TimeSpan.FromMilliseconds(200);

    private readonly Queue<Waiter> _waiters = new();
    private int _ofThisRing;
    private int _ofOlderRings;
    private bool _isCatchingUp;
    private NodeId _seenAt;

    /// <summary>The newest; null before the first.</summary>
    public RingSnapshot? Ring { get; private set; }

    public int UnderWay => _ofThisRing + _ofOlderRings;

    /// <summary>Whether this process has seen this node as a member of any ring.</summary>
    public bool WasMember { get; private set; }

    /// <summary>Whether this node is in the ring, or in the other one that is written to.</summary>
    public bool IsMember { get; private set; }

    public void Adopt(IActorContext context, RingSnapshot ring)
    {
        if (Ring is { } known && ring.Epoch < known.Epoch)
            return;
        if (Ring is { } older && ring.Epoch > older.Epoch)
        {
            _ofOlderRings += _ofThisRing;
            _ofThisRing = 0;
        }

        Ring = ring;
        IsMember = ring.IsMember(context.Self.Node) || ring.Also?.IsMember(context.Self.Node) == true;
        WasMember |= IsMember;
        ConfirmWhenAlone(context);
        for (int left = _waiters.Count; left > 0; left--)
        {
            Waiter waiter = _waiters.Dequeue();
            if (waiter.OlderEpoch < ring.Epoch)
                context.Send(waiter.ReplyTo, new RingChanged(ring));
            else
                _waiters.Enqueue(waiter);
        }
    }

    public void Begin() => _ofThisRing++;

    public void End(IActorContext context, long epoch)
    {
        if (epoch == Ring!.Epoch)
        {
            _ofThisRing--;
            return;
        }

        _ofOlderRings--;
        ConfirmWhenAlone(context);
    }

    /// <summary>Tells of the newer ring at once, or when it is here; until then the topology actor is asked to fetch it.</summary>
    public void OnNewer(IActorContext context, RingNewer newer)
    {
        if (Ring is { } ring && ring.Epoch > newer.OlderEpoch)
        {
            context.Send(newer.ReplyTo, new RingChanged(ring));
            return;
        }

        ForgetEnded(context);
        if (_waiters.Count >= waitersMax)
            return;
        _waiters.Enqueue(new Waiter(context.Now, newer.OlderEpoch, newer.ReplyTo));
        _seenAt = newer.SeenAt;
        if (!_isCatchingUp)
            CatchUp(context);
    }

    public void OnCatchUpDue(IActorContext context)
    {
        _isCatchingUp = false;
        ForgetEnded(context);
        if (_waiters.Count > 0)
            CatchUp(context);
    }

    private void CatchUp(IActorContext context)
    {
        _isCatchingUp = true;
        context.Send(new Address(context.Self.Node, ActorRole.Topology, 0), new TopologyCatchUp(_seenAt));
        context.StartTimer(CatchUpPause, new CatchUpDue());
    }

    private void ConfirmWhenAlone(IActorContext context)
    {
        if (_ofOlderRings == 0)
            context.Send(new Address(context.Self.Node, ActorRole.RingManager, 0), new RingConfirmed(Ring!.Epoch, context.Self));
    }

    // No request lives longer than the longest deadline.
    private void ForgetEnded(IActorContext context)
    {
        while (_waiters.TryPeek(out Waiter waiter) && context.Now - waiter.Since > QuorumRules.TimeoutMax)
            _waiters.Dequeue();
    }

    private readonly record struct Waiter(TimeSpan Since, long OlderEpoch, Address ReplyTo);
}

/// <summary>Time to ask for a newer ring again, if anybody still waits for one.</summary>
internal sealed record CatchUpDue : Message;
