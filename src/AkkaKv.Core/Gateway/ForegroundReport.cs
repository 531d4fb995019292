using AkkaKv.Core.AntiEntropy;
using AkkaKv.Core.Coordination;
using AkkaKv.Core.Kernel;

namespace AkkaKv.Core.Gateway;

/// <summary>
/// Tells this node's anti-entropy, and what moves partitions, once a second how fast clients are served, while there are any
/// and for a minute after: so long may it take until they have come back to their full pace.
/// </summary>
internal sealed class ForegroundReport
{
    private const int IdlePeriodsMax = 60;
    private static readonly TimeSpan Period = TimeSpan.FromSeconds(1);

    private readonly ForegroundMeter _reads = new();
    private readonly ForegroundMeter _writes = new();
    private bool _isDue;
    private int _idlePeriods;

    public void Record(IActorContext context, RequestKind kind, TimeSpan latency)
    {
        (kind == RequestKind.Read ? _reads : _writes).Record(latency);
        _idlePeriods = 0;
        Schedule(context);
    }

    public void OnDue(IActorContext context)
    {
        _isDue = false;
        ForegroundLatency reads = _reads.Tell();
        ForegroundLatency writes = _writes.Tell();
        ForegroundLatency slower = Slowness(reads) > Slowness(writes) ? reads : writes;
        context.Send(new Address(context.Self.Node, ActorRole.AntiEntropy, 0), slower);
        context.Send(new Address(context.Self.Node, ActorRole.Transfer, 0), slower);
        if (++_idlePeriods <= IdlePeriodsMax)
            Schedule(context);
    }

    // By how much it is slower than what anti-entropy gives way to.
    private static TimeSpan Slowness(ForegroundLatency latency) => latency.Recent - (latency.Usual * 2);

    private void Schedule(IActorContext context)
    {
        if (_isDue)
            return;
        _isDue = true;
        context.StartTimer(Period, new ForegroundDue());
    }
}

/// <summary>A gateway's period is over.</summary>
internal sealed record ForegroundDue : Message;
