using AkkaKv.Core.Ids;
using AkkaKv.Core.Kernel;
using AkkaKv.Core.Topology;
using AkkaKv.Simulation.Checkers;
using AkkaKv.Simulation.World;
using AkkaKv.Simulation.Workload;

namespace AkkaKv.Simulation.Running;

/// <summary>
/// At the end, in the healed cluster: ids are made again. A clock that was an hour ahead and was set right costs an hour, by
/// design, and so does a worker number whose last holder's lease has not ended; it is made to pass at once, by setting every
/// clock to the latest of these moments.
/// </summary>
internal sealed class IdRevival(SimWorld world)
{
    public const string Promise = "after healing unique ids are made again within bounded time";

    private const long Second = TimeSpan.TicksPerSecond;
    private const int SecondsMax = 30;

    private readonly RandomSource _random = world.Streams.Of("id-revival");
    private readonly SortedDictionary<int, string> _missing = [];
    private ulong _tickets;

    public void Run()
    {
        if (world.Violation is not null || world.Shape.Ids is not { } ids)
            return;
        LetTimePass();
        foreach (SimNode node in world.Members)
        {
            _missing.Add(node.Index, "it has not answered yet");
            Ask(node);
        }

        // Who finds all numbers taken makes none.
        int without = ids.IsByHand ? 0 : Math.Max(0, _missing.Count - ids.Layout.WorkerMax - 1);
        if (!world.RunUntil(() => MembersMissing() <= without, world.Now + (SecondsMax * Second)))
            world.Fail(Promise, $"{SecondsMax} s after the clocks were right, {string.Join("; ", _missing.Select(pair => $"{SimNode.NameOf(pair.Key)} made none: {pair.Value}"))}");
    }

    // A change that was decided, and that nobody had heard of, may begin only now: whoever leaves by it makes no more.
    private int MembersMissing() => _missing.Count(pair => world.Members.Contains(world.Nodes[pair.Key]));

    private void LetTimePass()
    {
        long latest = Math.Max(world.Shape.Ids!.Layout.EpochUnixMillis, world.Nodes.Max(static node => node.Clock.GetUtcNow().ToUnixTimeMilliseconds()));
        foreach (SimNode node in world.Members)
            latest = Math.Max(latest, node.Life is { } life ? IdChecker.MarkOf(life.Store) : 0);
        bool allEnd = _random.Chance(0.3);
        foreach (WorkerLease lease in world.Line.Newest.Workers?.Leases ?? [])
        {
            bool isHeld = world.Members.Any(member => lease.IsOf(member.Id, member.StoreId));
            latest = Math.Max(latest, isHeld && !allEnd ? lease.FromMillis : lease.IsByHand ? 0 : lease.UntilMillis);
        }

        foreach (SimNode node in world.Nodes)
            node.Clock.Jump((latest - node.Clock.GetUtcNow().ToUnixTimeMilliseconds()) * TimeSpan.TicksPerMillisecond);
    }

    private void Ask(SimNode node) => IdSession.Ask(world, node, IdPlaces.Snowflake(node.Id), 1, ++_tickets, told =>
    {
        if (told is { Refusal: null })
        {
            _missing.Remove(node.Index);
            return;
        }

        _missing[node.Index] = told?.Refusal?.Detail ?? "it does not answer";
        world.After(Second / 5, () => Ask(node));
    });
}
