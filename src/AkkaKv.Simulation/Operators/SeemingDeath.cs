using AkkaKv.Core.Kernel;
using AkkaKv.Core.Topology;
using AkkaKv.Simulation.World;

namespace AkkaKv.Simulation.Operators;

/// <summary>
/// A node that belongs falls silent, so that operators take its machine for lost and declare it dead. It comes back after some
/// time, or when the others have gone on without it as far as a certain phase: with the ring that it knew, while the old
/// peers still take its connections.
/// </summary>
internal sealed class SeemingDeath
{
    private const long TickTicks = 100 * TimeSpan.TicksPerMillisecond;

    private readonly SimWorld _world;
    private readonly SimNode _node;
    private readonly RandomSource _random;
    private readonly Way _way;
    private readonly int _awaitedStage;
    private readonly long _latest;
    private bool _isEnding;

    private SeemingDeath(SimWorld world, SimNode node, RandomSource random)
    {
        _world = world;
        _node = node;
        _random = random;
        _way = random.Of(Way.CutOff, Way.CutOff, Way.CutOff, Way.Asleep, Way.Asleep, Way.Down, Way.Mute, Way.Deaf);
        _awaitedStage = random.Of(0, 1, 2, 3, 3, 4, 4, 4);
        _latest = world.Now + random.Micros(1_000_000, 16_000_000);
    }

    public static void Begin(SimWorld world, SimNode node, RandomSource random)
    {
        var death = new SeemingDeath(world, node, random);
        node.IsSilent = true;
        node.IsDoubted = true;
        world.Trace.Note(world.Now, node.Index, $"seems to be dead: {death._way}");
        if (death._way == Way.Down)
            world.Crash(node, losesPower: false);
        death.Tick();
    }

    // In short pieces, so that it can end at any moment.
    private void Tick()
    {
        if (!_node.IsSilent)
            return;
        if (!_isEnding && (_world.Now >= _latest || HaveOthersGoneOn))
        {
            _isEnding = true;
            _world.After(_random.Micros(100, 800_000), End);
        }

        Silence(2 * TickTicks);
        _world.After(TickTicks, Tick);
    }

    private bool HaveOthersGoneOn => _world.LivingDead.Has(_node) && StageOf(_world.Line.Newest.Phase) >= _awaitedStage;

    // It was not declared dead while nothing changed: then the change is over.
    private static int StageOf(TopologyPhase phase) => phase == TopologyPhase.Settled ? 4 : (int)phase;

    private void Silence(long ticks)
    {
        if (_way == Way.Asleep)
            _node.PausedUntil = Math.Max(_node.PausedUntil, _world.Now + ticks);
        foreach (SimNode peer in _world.Nodes)
        {
            if (peer == _node)
                continue;
            if (_way is Way.CutOff or Way.Mute)
                _world.Network.Block(_world.Network.Link(_node.Index, peer.Index), ticks);
            if (_way is Way.CutOff or Way.Deaf)
                _world.Network.Block(_world.Network.Link(peer.Index, _node.Index), ticks);
        }
    }

    private void End()
    {
        if (!_node.IsSilent)
            return;
        _node.IsSilent = false;
        _world.Trace.Note(_world.Now, _node.Index, "is not dead at all");
        _world.Boot(_node);
    }

    private enum Way
    {
        /// <summary>Nothing gets through either way; clients of its own side still reach it.</summary>
        CutOff,

        /// <summary>The process sleeps, its connections stand.</summary>
        Asleep,

        /// <summary>It does not run, and starts again with the configuration of its disk.</summary>
        Down,

        /// <summary>Nobody hears it.</summary>
        Mute,

        /// <summary>It hears nobody.</summary>
        Deaf,
    }
}
