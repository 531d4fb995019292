using AkkaKv.Core.Ids;
using AkkaKv.Simulation.Checkers;
using AkkaKv.Simulation.World;
using AkkaKv.Simulation.Workload;

namespace AkkaKv.Simulation.Running;

/// <summary>
/// At the end, in the healed cluster: ids are made again. A clock that was an hour ahead and was set right costs an hour, by
/// design; it is made to pass at once, by setting every clock to the latest moment that any clock or mark knows.
/// </summary>
internal sealed class IdRevival(SimWorld world)
{
    public const string Promise = "after healing unique ids are made again within bounded time";

    private const long Second = TimeSpan.TicksPerSecond;
    private const int SecondsMax = 30;

    private readonly SortedDictionary<int, string> _missing = [];
    private ulong _tickets;

    public void Run()
    {
        if (world.Violation is not null || world.Shape.Ids is null)
            return;
        LetTimePass();
        foreach (SimNode node in world.Members)
        {
            _missing.Add(node.Index, "it has not answered yet");
            Ask(node);
        }

        if (!world.RunUntil(() => _missing.Count == 0, world.Now + (SecondsMax * Second)))
            world.Fail(Promise, $"{SecondsMax} s after the clocks were right, {string.Join("; ", _missing.Select(pair => $"{SimNode.NameOf(pair.Key)} made none: {pair.Value}"))}");
    }

    private void LetTimePass()
    {
        long latest = Math.Max(world.Shape.Ids!.Layout.EpochUnixMillis, world.Nodes.Max(static node => node.Clock.GetUtcNow().ToUnixTimeMilliseconds()));
        foreach (SimNode node in world.Members)
            latest = Math.Max(latest, node.Life is { } life ? IdChecker.MarkOf(life.Store) : 0);
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
