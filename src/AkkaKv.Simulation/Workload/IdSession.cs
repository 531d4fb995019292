using AkkaKv.Core.Ids;
using AkkaKv.Core.Kernel;
using AkkaKv.Simulation.World;

namespace AkkaKv.Simulation.Workload;

/// <summary>A client that asks one node after the other for unique ids: one, some, or a great many.</summary>
internal sealed class IdSession(SimWorld world, IdShape shape, int number)
{
    // A question is refused after a second at the latest; a slow node and messages that take time come on top.
    private const long PatienceTicks = 3 * TimeSpan.TicksPerSecond;

    private readonly RandomSource _random = world.Streams.Of("id-session", number);
    private ulong _tickets;
    private bool _stopped;

    public void Start() => Think();

    /// <summary>Asks no more.</summary>
    public void Stop() => _stopped = true;

    private void Think() => world.After((long)(shape.ThinkMillis * 2 * TimeSpan.TicksPerMillisecond * _random.NextDouble()) + 1, AskOne);

    private void AskOne()
    {
        SimNode[] deployed = [.. world.Deployed];
        if (_stopped || deployed.Length == 0)
            return;
        SimNode node = deployed[_random.Next(deployed.Length)];
        int count = _random.Next(20) switch
        {
            0 => _random.Between(1, IdOptions.CountMax / (shape.Layout.SequenceBits < 8 ? 100 : 1)),
            < 8 => _random.Between(2, 50),
            _ => 1,
        };
        Address place = PlaceOn(node.Id);
        Ask(world, node, place, place == IdPlaces.Snowflake(node.Id) ? count : Math.Min(count, 50), ++_tickets, _ => Think());
    }

    // Not at once, where the others have a maker on some nodes only.
    private Address PlaceOn(NodeId node) => !shape.Counts || _random.Chance(0.7)
        ? IdPlaces.Snowflake(node)
        : _random.Chance(0.5) ? IdPlaces.TicketDoor(node) : IdPlaces.Increment(node);

    /// <summary>Asks a node's maker of ids and sees to it that there is an answer; the continuation gets it, or null.</summary>
    public static void Ask(SimWorld world, SimNode node, Address place, int count, ulong ticket, Action<IdsTold?> answered)
    {
        NodeLife? life = node.Life;
        long askedAt = world.Now;
        world.Calls.Ask(node, place, replyTo => new IdsAsk(count, ticket, replyTo), PatienceTicks, answer =>
        {
            var told = (IdsTold?)answer;
            if (told is { Refusal: null })
                world.Ids.Received(node, place.Number, count, told.Ranges);
            else if (told is null && life is not null && node.Life == life && node.PausedUntil <= askedAt)
                world.Fail("every request is answered by its deadline", $"{node.Id} did not answer a question for {count} ids, of {place}");
            answered(told);
        });
    }
}
