using AkkaKv.Core.Kernel;
using AkkaKv.Core.Topology;
using AkkaKv.Simulation.World;
using AkkaKv.Simulation.Workload;

namespace AkkaKv.Simulation.Running;

/// <summary>
/// At the very end of some runs whose members change: one that is well is declared dead, and lives on. Its worker number goes
/// to another from beyond its lease, while clocks jump and both are asked for ids. What the cluster holds is not looked at
/// any more: data on a member that is declared dead counts as lost.
/// </summary>
internal sealed class DeclaredDeadDrill(SimWorld world)
{
    private const long Second = TimeSpan.TicksPerSecond;
    private const int MembersMin = 3;
    private const long LeavesTicksMax = 60 * Second;

    private readonly RandomSource _random = world.Streams.Of("declared-dead");
    private bool _isOver;

    public void Run()
    {
        if (world.Violation is not null || !world.Shape.Changes || world.Shape.Ids is not { } ids || world.Members.Count < MembersMin || !_random.Chance(0.5))
            return;

        // What the operators left staged would be committed with it, and may wait for a machine that nobody starts any more.
        if (world.Line.Newest.Staged.Count > 0)
            return;
        SimNode gone = world.Members[_random.Next(world.Members.Count)];
        world.Trace.Note(world.Now, gone.Index, "is declared dead, and lives on");
        IdSession[] sessions = [.. Enumerable.Range(0, 2).Select(number => new IdSession(world, ids with { ThinkMillis = 20 }, 100 + number))];
        foreach (IdSession session in sessions)
            session.Start();
        JumpAgain();
        Order(gone);
        if (!world.RunUntil(() => world.Line.Newest.Phase == TopologyPhase.Settled && !Belongs(gone), world.Now + LeavesTicksMax))
            world.Fail(SettledCluster.Promise, $"{LeavesTicksMax / Second} s after {gone.Id} was declared dead it still belonged");
        world.RunUntil(static () => false, world.Now + (10 * Second));
        _isOver = true;
        foreach (IdSession session in sessions)
            session.Stop();
    }

    private bool Belongs(SimNode node) => world.Line.Newest.Everyone.Any(member => member.Node == node.Id) || world.Line.Newest.Members.Any(member => member.Node == node.Id);

    // Said again until it has come to pass: another proposal may have been faster.
    private void Order(SimNode gone)
    {
        if (_isOver || !Belongs(gone))
            return;
        SimNode[] others = [.. world.Members.Where(member => member != gone && member.IsUp)];
        SimNode asked = others[_random.Next(others.Length)];
        var leave = new StagedChange(ChangeKind.Leave, gone.Id, null, IsDead: true);
        world.Calls.Ask(asked, replyTo => new TopologyStage(leave, IsTakenBack: false, replyTo), _ =>
            world.Calls.Ask(asked, replyTo => new TopologyPlanAsk(replyTo), answer =>
            {
                if (answer is TopologyPlanTold { Plan: { } plan })
                    world.Calls.Ask(asked, replyTo => new TopologyCommit(plan.Epoch, replyTo), _ => world.After(2 * Second, () => Order(gone)));
                else
                    world.After(Second / 2, () => Order(gone));
            }));
    }

    private void JumpAgain() => world.After(_random.Micros(20_000, 2_000_000), () =>
    {
        if (_isOver)
            return;
        long most = _random.Of(20, 2_000, 20_000) * TimeSpan.TicksPerMillisecond;
        world.Nodes[_random.Next(world.Nodes.Length)].Clock.Jump((long)(most * ((2 * _random.NextDouble()) - 1)));
        JumpAgain();
    });
}
