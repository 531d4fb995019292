using AkkaKv.Core.Coordination;
using AkkaKv.Core.Hints;
using AkkaKv.Core.Kernel;
using AkkaKv.Core.Replica;
using AkkaKv.Simulation.Running;
using AkkaKv.Simulation.Tests.Mutants;
using AkkaKv.Simulation.World;
using Xunit.Abstractions;

namespace AkkaKv.Simulation.Tests;

/// <summary>
/// Hints under every fault: half of the merges between nodes are given to another one to keep, too. No promise may suffer from it: what a hint brings is a merge like any other.
/// </summary>
public sealed class HintTrafficTests(ITestOutputHelper output)
{
    private const int Seeds = 60;

    [Fact]
    public void Hints_break_no_promise()
    {
        int stored = 0;
        int removed = 0;
        ulong first = (ulong)Random.Shared.Next();
        output.WriteLine($"seeds {first} to {first + Seeds - 1}");
        for (ulong seed = first; seed < first + Seeds; seed++)
        {
            var counts = new Counts();
            RunResult result = SimulationRun.Of(new SimulationOptions(seed), Seams(counts));
            result.Violation.ShouldBeNull($"seed {seed}");
            stored += counts.Stored;
            removed += counts.Removed;
        }

        output.WriteLine($"{stored} writes of hints, {removed} removals");
        stored.ShouldBeGreaterThan(Seeds * 10);
        removed.ShouldBeGreaterThan(Seeds * 10);
    }

    private static WorldSeams Seams(Counts counts)
    {
        WorldSeams detours = Mutant.Changing(ActorRole.Gateway, () => new Unchanged(), actor => actor is WriteCoordinator or ReadCoordinator ? new SendsHints() : null);
        return detours with
        {
            Recipe = options => [.. detours.Recipe(options with { Hints = new HintOptions { SpreadMax = TimeSpan.FromSeconds(1), Pause = TimeSpan.FromMilliseconds(100), BatchKeysMax = 3 } })
                .Select(plan => plan.Role == ActorRole.Hints ? plan with { Make = () => new MutantActor(plan.Make(), counts) } : plan)],
        };
    }

    private sealed class Counts : Mutation
    {
        public int Stored { get; private set; }

        public int Removed { get; private set; }

        public override Message? Out(IActorContext context, Address to, Message message)
        {
            Stored += message is StoreWrite ? 1 : 0;
            Removed += message is StoreRemove ? 1 : 0;
            return message;
        }
    }

    private sealed class SendsHints : Mutation
    {
        private NodeId? _last;

        public override Message? Out(IActorContext context, Address to, Message message)
        {
            if (message is not ReplicaMerge merge || to.Node == context.Self.Node)
                return message;
            NodeId keeper = _last is { } last && last != to.Node ? last : context.Self.Node;
            _last = to.Node;
            if (context.Random.Next(2) == 0)
                return message;

            // Nobody waits for the answer: it must not count towards a quorum that reads rely on.
            var nobody = new Address(context.Self.Node, ActorRole.Request, 0);
            context.Send(new Address(keeper, ActorRole.Hints, to.Number), new HintStore(to.Node, merge.Key, merge.Object, 0, nobody));
            return message;
        }
    }
}
