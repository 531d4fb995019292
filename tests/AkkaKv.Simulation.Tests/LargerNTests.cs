using System.Globalization;
using AkkaKv.Api;
using AkkaKv.Core.Gateway;
using AkkaKv.Core.Kernel;
using AkkaKv.Core.Replica;
using AkkaKv.Core.Ring;
using AkkaKv.Simulation.Running;
using AkkaKv.Simulation.Tests.Mutants;
using AkkaKv.Simulation.World;
using Xunit.Abstractions;

namespace AkkaKv.Simulation.Tests;

/// <summary>
/// Requests that name a larger N than the cluster's while its members change: they write to nodes that clear the partition at
/// that moment. Each write has as many acknowledgements more as it has owners more, so every promise about what its client
/// asked for must hold, and every change must end.
/// </summary>
public sealed class LargerNTests(ITestOutputHelper output)
{
    // What the larger N has brought lies beyond the N that these checkers know of.
    private static readonly string[] NotAsked = [HealedCluster.NothingStrays, "a deleted key stays deleted"];

    [Fact]
    public void Requests_with_a_larger_N_break_no_promise_and_hold_up_no_change()
    {
        int stayed = 0;
        ulong seeds = Setting("AKKAKV_SIMULATION_SEEDS") ?? 40;
        ulong first = Setting("AKKAKV_SIMULATION_FIRST") ?? (ulong)Random.Shared.Next();
        output.WriteLine($"seeds {first} to {first + seeds - 1}");
        for (ulong seed = first; seed < first + seeds; seed++)
        {
            var seen = new SeesWhatStays();
            RunResult result = SimulationRun.Of(new SimulationOptions(seed) { Changes = Occurrence.Always }, Seams(seen));
            if (result.Violation is { } violation && !NotAsked.Contains(violation.Promise))
                Assert.Fail($"seed {seed}: {violation}");
            stayed += seen.Count;
        }

        output.WriteLine($"{stayed} keys stayed because a larger N had written them");
        stayed.ShouldBeGreaterThan((int)seeds);
    }

    private static ulong? Setting(string name) =>
        ulong.TryParse(Environment.GetEnvironmentVariable(name), CultureInfo.InvariantCulture, out ulong value) ? value : null;

    private static WorldSeams Seams(SeesWhatStays seen) => new()
    {
        Shape = shape => shape with { WaitsForReaping = false },
        Recipe = options => [.. Mutant.Changing(ActorRole.Gateway, () => new AsksForMore()).Recipe(options)
            .Select(plan => plan.Role == ActorRole.TransferSource ? plan with { Make = () => new MutantActor(plan.Make(), seen) } : plan)],
    };

    private sealed class SeesWhatStays : Mutation
    {
        public int Count { get; private set; }

        public override Message? In(IActorContext context, Message message)
        {
            Count += message is ReplicaForgetDone { Stays: true } ? 1 : 0;
            return message;
        }
    }

    /// <summary>One or two owners more, and as many acknowledgements.</summary>
    private sealed class AsksForMore : Mutation
    {
        private int _members;

        public override Message? In(IActorContext context, Message message)
        {
            if (message is RingChanged { Ring: var ring })
                _members = ring.MembersInOrder.Count;
            return message switch
            {
                GatewayPut put => put with { Options = More(context, put.Options) },
                GatewayDelete delete => delete with { Options = More(context, delete.Options) },
                _ => message,
            };
        }

        private RequestOptions More(IActorContext context, RequestOptions asked)
        {
            int more = Math.Min(_members - asked.N!.Value, 1 + context.Random.Next(2));
            return more > 0 ? asked with { N = asked.N + more, W = asked.W + more } : asked;
        }
    }
}
