using AkkaKv.Host.Native.Loops;
using AkkaKv.Host.Native.Peers;

namespace AkkaKv.Host.Native;

/// <summary>What a node's host has done since it started; all loops and inbound connections together.</summary>
/// <param name="Turns">Turns of all loops.</param>
/// <param name="Handled">Messages handled by actors, timers included.</param>
/// <param name="TimersFired">Timers among them.</param>
/// <param name="Parked">How often a loop went to sleep.</param>
/// <param name="DroppedUnknownAddress">Messages to actors, nodes or services that are not there.</param>
/// <param name="DroppedInboxFull">Messages of actors and peers that found an inbox full.</param>
/// <param name="CallsWaiting">Callers waiting for a reply now.</param>
/// <param name="InboundMessages">Messages from peers that reached a loop or a caller.</param>
/// <param name="InboundReads">Socket reads that they took.</param>
/// <param name="InboundUnknownKinds">Messages of a newer version, ignored.</param>
/// <param name="InboundUnfit">Messages from peers that their receiver has no use for; dropped.</param>
/// <param name="InboundBroken">Connections closed because of malformed bytes.</param>
/// <param name="InboundRefused">Connections refused: no agreement, or too many.</param>
/// <param name="InboundAcceptsFailed">Connections that could not be accepted: the machine is out of something.</param>
/// <param name="OfActors">What the actors counted, by the number of the <see cref="Core.Kernel.Counter"/>.</param>
public sealed record NodeCounters(
    long Turns,
    long Handled,
    long TimersFired,
    long Parked,
    long DroppedUnknownAddress,
    long DroppedInboxFull,
    int CallsWaiting,
    long InboundMessages,
    long InboundReads,
    long InboundUnknownKinds,
    long InboundUnfit,
    long InboundBroken,
    long InboundRefused,
    long InboundAcceptsFailed,
    IReadOnlyList<long> OfActors)
{
    internal static NodeCounters Sum(IReadOnlyList<EventLoop> loops, InboundCounters inbound, int callsWaiting) => new(
        loops.Sum(loop => Volatile.Read(ref loop.Counters.Turns)),
        loops.Sum(loop => Volatile.Read(ref loop.Counters.Handled)),
        loops.Sum(loop => Volatile.Read(ref loop.Counters.TimersFired)),
        loops.Sum(loop => Volatile.Read(ref loop.Counters.Parked)),
        loops.Sum(loop => Volatile.Read(ref loop.Counters.DroppedUnknownAddress)) + Interlocked.Read(ref inbound.DroppedUnknownAddress),
        loops.Sum(loop => Volatile.Read(ref loop.Counters.DroppedInboxFull)) + Interlocked.Read(ref inbound.DroppedInboxFull),
        callsWaiting,
        Interlocked.Read(ref inbound.Messages),
        Interlocked.Read(ref inbound.Reads),
        Interlocked.Read(ref inbound.UnknownKinds),
        Interlocked.Read(ref inbound.Unfit),
        Interlocked.Read(ref inbound.Broken),
        Interlocked.Read(ref inbound.RefusedConnections),
        Interlocked.Read(ref inbound.AcceptsFailed),
        SumOfActors(loops));

    private static long[] SumOfActors(IReadOnlyList<EventLoop> loops)
    {
        var sums = new long[loops[0].Counters.OfActors.Length];
        foreach (EventLoop loop in loops)
        {
            for (int kind = 0; kind < sums.Length; kind++)
                sums[kind] += Volatile.Read(ref loop.Counters.OfActors[kind]);
        }

        return sums;
    }
}
