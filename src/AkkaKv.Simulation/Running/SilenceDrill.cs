using AkkaKv.Core.Kernel;
using AkkaKv.Core.Membership;
using AkkaKv.Simulation.Checkers;
using AkkaKv.Simulation.World;

namespace AkkaKv.Simulation.Running;

/// <summary>
/// At the end of some runs, in the healed cluster: one node falls silent for longer than a detector may take, and comes
/// back. The faults of the work before are shorter than that, and a broken connection hides most of what a detector does.
/// </summary>
internal sealed class SilenceDrill(SimWorld world)
{
    private const long Second = TimeSpan.TicksPerSecond;

    // The limit without progress, a tick for the last heartbeats to go round, and one until it is looked at.
    private static readonly long SilenceTicksMax = new MembershipOptions().Phi.NoProgressMax.Ticks + (3 * Second);

    private readonly RandomSource _random = world.Streams.Of("silence");

    public void Run()
    {
        // A few are enough: each costs as many events as a tenth of a run.
        if (world.Violation is not null || world.Members.Count < 2 || !_random.Chance(0.25))
            return;
        SimNode silent = world.Members[_random.Next(world.Members.Count)];
        Silence way = (Silence)_random.Next(4);
        world.Trace.Note(world.Now, silent.Index, $"falls silent: {way}");
        Begin(silent, way);
        Require(
            world.RunUntil(() => world.Reachability.NobodyBelieves(world.Members, silent), world.Now + SilenceTicksMax),
            $"{silent.Id} was still believed reachable {SilenceTicksMax / Second} s after it fell silent ({way})");
        Require(world.Reachability.AllBelieve(world.Members, silent), $"while {silent.Id} was silent ({way}), others suspected each other");
        End(silent, way);
        Require(
            world.RunUntil(() => world.Reachability.AllBelieve(world.Members), world.Now + (10 * Second)),
            $"{silent.Id} came back, and after 10 s somebody was still suspected ({way})");
    }

    private void Begin(SimNode silent, Silence way)
    {
        switch (way)
        {
            case Silence.Asleep:
                silent.PausedUntil = world.Now + (2 * SilenceTicksMax);
                break;
            case Silence.Dead:
                world.Crash(silent, losesPower: false);
                break;
            default:
                // Whoever waits to join passes news on, too.
                foreach (SimNode peer in world.Nodes)
                {
                    if (peer == silent)
                        continue;
                    world.Network.Block(world.Network.Link(silent.Index, peer.Index), 2 * SilenceTicksMax);
                    if (way == Silence.CutOff)
                        world.Network.Block(world.Network.Link(peer.Index, silent.Index), 2 * SilenceTicksMax);
                }

                break;
        }
    }

    private void End(SimNode silent, Silence way)
    {
        switch (way)
        {
            case Silence.Asleep:
                silent.PausedUntil = world.Now;
                long doubts = world.Reachability.Doubts;
                silent.Life?.Wake();
                Require(world.Reachability.Doubts == doubts, $"{silent.Id} woke up and suspected {world.Reachability.LastDoubted}, who had not been silent");
                break;
            case Silence.Dead:
                world.Boot(silent);
                break;
            default:
                world.Network.Heal();
                break;
        }
    }

    private void Require(bool condition, string story)
    {
        if (!condition)
            world.Fail(ReachabilityChecker.Promise, story);
    }

    private enum Silence
    {
        /// <summary>The process sleeps, its connections stand.</summary>
        Asleep,

        Dead,

        /// <summary>Nothing gets through either way.</summary>
        CutOff,

        /// <summary>It hears, but nobody hears it; the others' connections to it stand.</summary>
        Mute,
    }
}
