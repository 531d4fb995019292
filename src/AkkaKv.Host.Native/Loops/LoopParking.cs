using AkkaKv.Host.Loops;

namespace AkkaKv.Host.Native.Loops;

/// <summary>
/// How a loop with nothing to do waits: it looks for mail a few times, for a reply is often microseconds away, and then
/// sleeps until it is woken or its next timer is due. The looking adapts: where it never finds anything it stops.
/// </summary>
internal sealed class LoopParking(Inbox inbox, int spinRoundsMax)
{
    // Starts small: a loop that has just been made has no peers yet.
    private const int SpinsPerRound = 16;
    private int _rounds = 1;

    public void Rest(TimerHeap timers, LoopWorld world, LoopCounters counters)
    {
        if (inbox.HasMail || SpinForMail())
            return;
        int millis = MillisUntil(timers.NextDue, world);
        if (millis == 0)
            return;
        counters.Parked++;
        inbox.Park(millis);
    }

    private bool SpinForMail()
    {
        for (int round = 0; round < Math.Min(_rounds, spinRoundsMax); round++)
        {
            Thread.SpinWait(SpinsPerRound);
            if (!inbox.HasMail)
                continue;
            _rounds = Math.Min(spinRoundsMax, (_rounds * 2) + 1);
            return true;
        }

        // Never to nothing while spinning is on at all: one round is how it learns that times have changed.
        _rounds = Math.Max(_rounds / 2, 1);
        return false;
    }

    private static int MillisUntil(long due, LoopWorld world)
    {
        if (due == long.MaxValue)
            return Timeout.Infinite;
        long ticks = due - world.NowTicks();
        if (ticks <= 0)
            return 0;
        long millis = (ticks + TimeSpan.TicksPerMillisecond - 1) / TimeSpan.TicksPerMillisecond;
        return (int)Math.Min(millis, int.MaxValue);
    }
}
