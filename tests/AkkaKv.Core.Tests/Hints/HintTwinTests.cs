using AkkaKv.Core.Hints;
using AkkaKv.Core.Kernel;
using AkkaKv.Core.Replica;
using AkkaKv.Core.Tests.Harness;
using AkkaKv.Core.Versions;
using Xunit.Abstractions;

namespace AkkaKv.Core.Tests.Hints;

/// <summary>
/// Random hints, deliveries, losses, refusals and crashes beside a twin that only remembers what was acknowledged: in the
/// end every target holds it, and nothing is kept.
/// </summary>
public sealed class HintTwinTests(ITestOutputHelper output)
{
    private const int Rounds = 60;
    private const int Steps = 150;

    [Fact]
    public void Every_target_gets_everything_that_was_acknowledged()
    {
        ulong seed = (ulong)Random.Shared.NextInt64();
        output.WriteLine($"seed {seed}");
        long acknowledged = 0;
        for (int round = 0; round < Rounds; round++)
            acknowledged += new Run(seed + (ulong)round).Play();
        acknowledged.ShouldBeGreaterThan(Rounds * 10, "the runs did something");
    }

    private sealed class Run(ulong seed)
    {
        private readonly RandomSource _random = new(seed);
        private readonly HintWorld _hints = new(new HintOptions { BatchKeysMax = 3, BatchBytesMax = 200 }, partitions: 2);
        private readonly Dictionary<string, SiblingSet> _newest = [];
        private readonly Dictionary<ulong, (NodeId Target, string Key, SiblingSet Set)> _asked = [];
        private readonly HashSet<(NodeId, NodeId)> _apart = [];
        private int _nextCounter = 1;

        private TestWorld World => _hints.World;

        public int Play()
        {
            World.Loses = (from, to, message) =>
                from.Node != to.Node && message is ReplicaMerge or ReplicaMergeDone && to.Role != ActorRole.Caller && _random.Next(5) == 0;
            for (int step = 0; step < Steps; step++)
                Step();
            Heal();
            return Verify();
        }

        private void Step()
        {
            NodeId node = World.Nodes[_random.Next(3)];
            TestStore store = World.Stores[node];
            switch (_random.Next(12))
            {
                case < 5: Keep(node); break;
                case 5: Toggle(node, World.Nodes[_random.Next(3)]); break;
                case 6: Hold(store); break;
                case 7: store.WriteOutcome = (StoreOutcome)new[] { 0, 0, 1, 2, 4 }[_random.Next(5)]; break;
                case 8 when _random.Next(3) == 0: World.Restart(node); break;
                default: World.Advance(TimeSpan.FromSeconds(_random.NextDouble() * 8)); break;
            }
        }

        // Writes of a key build on each other, or are concurrent, or are old news.
        private void Keep(NodeId keeper)
        {
            NodeId target = World.Nodes[_random.Next(3)];
            string key = $"k{_random.Next(8)}";
            SiblingSet before = _newest.GetValueOrDefault(key, SiblingSet.Empty);
            SiblingSet set = _random.Next(4) switch
            {
                0 when before.Count > 0 => before,
                1 => HintWorld.Set(_nextCounter++),
                2 => before.Merge(HintWorld.Set(_nextCounter++)),
                _ => HintWorld.Over(before, _nextCounter++, bytes: _random.Next(120)),
            };
            _newest[key] = before.Merge(set);
            _asked.Add(_hints.Keep(key, set, target, keeper), (target, key, set));
        }

        private void Toggle(NodeId a, NodeId b)
        {
            if (a == b)
                return;
            if (_apart.Remove((a, b)) | _apart.Remove((b, a)))
            {
                World.Connect(a, b);
                return;
            }

            _apart.Add((a, b));
            World.Disconnect(a, b);
        }

        private void Hold(TestStore store)
        {
            store.Holds = !store.Holds;
            if (store.Holds)
                return;
            store.Release();
            World.Run();
        }

        private void Heal()
        {
            World.Loses = (_, _, _) => false;
            foreach (TestStore store in World.Stores.Values)
            {
                store.WriteOutcome = StoreOutcome.Done;
                store.Holds = false;
                store.Release();
            }

            World.Run();
            foreach ((NodeId a, NodeId b) in _apart)
                World.Connect(a, b);
            World.Advance(TimeSpan.FromMinutes(10));
        }

        private int Verify()
        {
            int acknowledged = 0;
            foreach ((ulong call, (NodeId target, string key, SiblingSet set)) in _asked)
            {
                if (_hints.OutcomeOf(call) != ReplicaOutcome.Done)
                    continue;
                acknowledged++;
                _hints.Held(target, key).Includes(set).ShouldBeTrue($"seed {seed}: {target} holds {key}");
            }

            foreach (NodeId node in World.Nodes)
            {
                World.Stores[node].KeysIn(StoreSpace.Hints).ShouldBeEmpty($"seed {seed}: {node} keeps nothing");
                _hints.Backlogs(node).ShouldBeEmpty($"seed {seed}: {node} knows that it keeps nothing");
            }

            World.TimersUnderWay.ShouldBe(0, $"seed {seed}");
            return acknowledged;
        }
    }
}
