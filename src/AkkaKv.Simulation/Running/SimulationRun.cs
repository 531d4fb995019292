using AkkaKv.Core.Kernel;
using AkkaKv.Simulation.Checkers;
using AkkaKv.Simulation.Faults;
using AkkaKv.Simulation.Operators;
using AkkaKv.Simulation.Workload;
using AkkaKv.Simulation.World;

namespace AkkaKv.Simulation.Running;

/// <summary>
/// One seed from start to verdict: a quiet beginning, work under faults, healing, convergence, and the checkers over all
/// that was recorded.
/// </summary>
public sealed class SimulationRun
{
    private const long Second = TimeSpan.TicksPerSecond;

    private readonly SimulationOptions _options;
    private readonly SimWorld _world;
    private readonly WorkloadPlan _plan;
    private readonly History _history = new();
    private readonly ClientPool _clients;
    private readonly ClientSession[] _sessions;
    private readonly FaultInjector _faults;
    private readonly List<PlannedFault> _schedule;
    private readonly OperatorSession[] _operators;
    private readonly HealedCluster _healed;
    private readonly IdSession[] _idSessions;

    private SimulationRun(SimulationOptions options, WorldSeams seams)
    {
        _options = options;
        var streams = new SeedStreams(options.Seed);
        WorldShape shape = seams.Shape(ShapeOf(options, streams));
        _world = new SimWorld(streams, shape, seams);
        _plan = WorkloadPlan.Draw(streams.Of("workload"), shape, options.Operations);
        _clients = new ClientPool(_world, _history);
        _sessions = new ClientSession[_plan.Sessions];
        for (int i = 0; i < _sessions.Length; i++)
        {
            int share = (options.Operations / _sessions.Length) + (i < options.Operations % _sessions.Length ? 1 : 0);
            _sessions[i] = new ClientSession(_world, _plan, _clients, _history, i, share);
        }

        _faults = new FaultInjector(_world);
        _schedule = [.. FaultSchedule.Draw(streams.Of("faults"), shape, _plan.FaultTicks, options.Faults)];
        _schedule.RemoveAll(fault => options.Without.Contains(fault.Index));
        _operators = shape.Changes ? [new OperatorSession(_world, 0), new OperatorSession(_world, 1)] : [];
        _healed = new HealedCluster(_world, _plan, _clients, _history);
        _idSessions = shape.Ids is { } ids ? [.. Enumerable.Range(0, ids.Sessions).Select(number => new IdSession(_world, ids, number))] : [];
    }

    private static WorldShape ShapeOf(SimulationOptions options, SeedStreams streams)
    {
        WorldShape shape = WorldShape.Draw(streams.Of("shape"), options.Nodes);
        RandomSource random = streams.Of("changes");
        bool changes = random.Chance(0.5);
        if (options.Changes == Occurrence.Always || (options.Changes == Occurrence.Sometimes && changes))
            shape = WithChanges(shape, random, streams);
        return shape with { Ids = IdShape.Draw(streams.Of("ids"), shape, options.Ids) };
    }

    private static WorldShape WithChanges(WorldShape shape, RandomSource random, SeedStreams streams)
    {
        WorldShape changing = shape.WithChanges(random);
        RandomSource living = streams.Of("living-dead");
        return living.Chance(0.35) ? changing.WithLivingDead(living) : changing;
    }

    /// <summary>Runs a seed.</summary>
    public static RunResult Of(SimulationOptions options) => Of(options, new WorldSeams());

    /// <summary>Runs a seed and tells every event as it happens.</summary>
    public static RunResult Told(SimulationOptions options, Action<string> tell)
    {
        var run = new SimulationRun(options, new WorldSeams());
        run._world.Trace.Tell = tell;
        return run.Run();
    }

    /// <summary>Runs a seed with something else in the product's place.</summary>
    public static RunResult Of(SimulationOptions options, WorldSeams seams) => new SimulationRun(options, seams).Run();

    private RunResult Run()
    {
        RunEvidence? evidence = null;
        if (BeginQuietly() && WorkUnderFaults() && _healed.Converge(_faults))
        {
            evidence = new RunEvidence(_world, _plan.Keys, _history, _healed);
            foreach (IRunChecker checker in RunCheckers.All)
            {
                checker.Check(evidence, story => _world.Fail(checker.Promise, story));
                if (_world.Violation is not null)
                    break;
            }

            new IdRevival(_world).Run();
            new SilenceDrill(_world).Run();
            new DeclaredDeadDrill(_world).Run();
        }

        return ResultOf(evidence?.NewThenOld ?? 0, evidence?.SessionMisses ?? 0);
    }

    private bool BeginQuietly()
    {
        foreach (SimNode node in _world.Deployed)
            _world.Boot(node);
        Require(_world.RunUntil(() => _world.Network.IsWhole, 10 * Second), "nodes that are up connect", "the nodes did not find each other in 10 s");

        // The gateways are told of the connections a moment later.
        _world.RunUntil(static () => false, _world.Now + (Second / 100));
        foreach (ClientSession session in _sessions)
            session.Start();

        // A little longer than the last operation: its replication ends undisturbed too.
        long deadline = _world.Now + (60 * Second);
        int quiet = Math.Min(_options.Operations, WorkloadPlan.QuietOperations) * _sessions.Length;
        _world.RunUntil(() => _history.Operations.Count >= quiet && AllOver(), deadline);
        return _world.Violation is null;
    }

    private bool WorkUnderFaults()
    {
        _faults.Start(_schedule);
        foreach (ClientSession session in _sessions)
            session.StartBusy();
        foreach (OperatorSession one in _operators)
            one.Start();
        foreach (IdSession session in _idSessions)
            session.Start();
        long end = _world.Now + _plan.FaultTicks;
        long deadline = end + (3_600 * Second);
        Require(_world.RunUntil(() => Array.TrueForAll(_sessions, session => session.IsOver), deadline), "every session ends", "clients were still at work after an hour");
        _world.RunUntil(static () => false, Math.Max(end, _world.Now));
        foreach (OperatorSession one in _operators)
            one.Stop();
        foreach (IdSession session in _idSessions)
            session.Stop();
        return _world.Violation is null;
    }

    private bool AllOver()
    {
        foreach (Operation operation in _history.Operations)
        {
            if (operation.Outcome == OperationOutcome.Pending)
                return false;
        }

        return true;
    }

    private void Require(bool condition, string promise, string story)
    {
        if (!condition)
            _world.Fail(promise, story);
    }

    private RunResult ResultOf(long newThenOld, long sessionMisses)
    {
        long ok = 0, not = 0, maybe = 0;
        foreach (Operation operation in _history.Operations)
        {
            ok += operation.Outcome == OperationOutcome.Ok ? 1 : 0;
            not += operation.Outcome == OperationOutcome.NotAttempted ? 1 : 0;
            maybe += operation.Outcome == OperationOutcome.Indeterminate ? 1 : 0;
        }

        var counts = new RunCounts(_history.Operations.Count, ok, not, maybe, newThenOld, sessionMisses, _world.DiskLosses.Count, _world.OrdersTaken, _world.Line.Changes, _world.LivingDead.Count);
        var planned = new int[_schedule.Count];
        for (int i = 0; i < planned.Length; i++)
            planned[i] = _schedule[i].Index;
        string[] transcript = _world.Violation is null ? [] : [.. _world.Trace.LastLines()];
        return new RunResult(
            _options, _world.Violation, _world.Shape.ToString(), _world.Trace.Hash, _world.Trace.Events, _world.Now, counts, _faults.Injected, planned, _world.Counted, transcript);
    }
}
