using AkkaKv.Core.Kernel;
using AkkaKv.Core.Ring;
using AkkaKv.Core.Topology;
using AkkaKv.Simulation.World;

namespace AkkaKv.Simulation.Operators;

/// <summary>
/// One operator: looks at the cluster through any of its nodes, stages what it thinks best, commits the plan that it saw,
/// and at times thinks better of it. Knows nothing of the other one.
/// </summary>
internal sealed class OperatorSession
{
    private readonly SimWorld _world;
    private readonly RandomSource _random;
    private readonly ChangeDraw _draw;
    private bool _stopped;
    private NodeId _asked;

    public OperatorSession(SimWorld world, int number)
    {
        _world = world;
        _random = world.Streams.Of("operator", number);
        _draw = new ChangeDraw(world, _random);
    }

    public void Start() => Think();

    /// <summary>Begins nothing new; nobody seems to be dead any more.</summary>
    public void Stop()
    {
        _stopped = true;
        foreach (SimNode node in _world.Nodes)
            node.IsSilent = false;
    }

    private void Think() => _world.After(_random.Micros(20_000, 2_000_000), Look);

    private void Look()
    {
        if (_stopped)
            return;
        _draw.Accident();
        Ask(replyTo => new TopologyAsk(replyTo), answer =>
        {
            if (answer is TopologyTold told && !_stopped && told.Configuration.Members.Any(member => member.Node == _asked))
                Act(told.Configuration);
            else
                Think();
        });
    }

    private void Act(ClusterConfiguration seen)
    {
        if (seen.ClusterId == 0)
            Think();
        else if (seen.Phase != TopologyPhase.Settled)
            Watch(seen);
        else if (seen.Staged.Count > 0 && _random.Chance(0.6))
            Plan();
        else if (seen.Staged.Count > 0 && _random.Chance(0.15))
            Send(replyTo => new TopologyAbort([], replyTo));
        else if (seen.Staged.Count > 0 && _random.Chance(0.15))
            Send(replyTo => new TopologyStage(seen.Staged[0], IsTakenBack: true, replyTo));
        else
            Stage(seen);
    }

    // Whoever is lost for ever, or seems to be, is declared so: the others would wait for it.
    private void Watch(ClusterConfiguration seen)
    {
        _world.Deployment.StartWhoBelongs();
        if (_draw.DeadOf(seen) is { } dead)
            Send(replyTo => _random.Chance(0.5) ? new TopologyStage(new StagedChange(ChangeKind.Leave, dead, null, IsDead: true), false, replyTo) : new TopologyAbort([dead], replyTo));
        else if (_random.Chance(0.08))
            Send(replyTo => new TopologyAbort([], replyTo));
        else
            Think();
    }

    private void Plan() => Ask(replyTo => new TopologyPlanAsk(replyTo), answer =>
    {
        if (answer is TopologyPlanTold { Plan: { } plan } && !_draw.IsSomebodyRotten)
            _world.After(_random.Micros(1_000, 500_000), () => Send(replyTo => new TopologyCommit(plan.Epoch, replyTo)));
        else
            Think();
    });

    private void Stage(ClusterConfiguration seen)
    {
        _draw.Retire(seen);
        if (_draw.Next(seen) is { } change)
            _world.After(_random.Micros(1_000, 200_000), () => Send(replyTo => new TopologyStage(change, IsTakenBack: false, replyTo)));
        else
            Think();
    }

    private void Send(Func<Address, Message> order)
    {
        if (_stopped)
            return;
        Ask(order, answer =>
        {
            if (answer is TopologyAnswer { IsDone: true })
                _world.OrdersTaken++;
            Think();
        });
    }

    private void Ask(Func<Address, Message> question, Action<Message?> answered)
    {
        SimNode[] running = [.. _world.Deployed.Where(static node => node.IsUp)];
        if (running.Length == 0)
            Think();
        else
            AskOne(running[_random.Next(running.Length)], question, answered);
    }

    private void AskOne(SimNode node, Func<Address, Message> question, Action<Message?> answered)
    {
        _asked = node.Id;
        _world.Calls.Ask(node, question, answered);
    }
}
