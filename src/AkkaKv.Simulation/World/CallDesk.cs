using AkkaKv.Core.Kernel;

namespace AkkaKv.Simulation.World;

/// <summary>Questions that operators and clients of ids ask of a node's actors from outside, and the answers.</summary>
internal sealed class CallDesk(SimWorld world)
{
    private const long PatienceTicks = 12 * TimeSpan.TicksPerSecond;

    private readonly Dictionary<int, Action<Message?>> _waiting = [];
    private int _last;

    /// <summary>Asks the topology actor of a node; the continuation gets the answer, or null when there is none in time.</summary>
    public void Ask(SimNode node, Func<Address, Message> question, Action<Message?> answered) =>
        Ask(node, new Address(node.Id, ActorRole.Topology, 0), question, PatienceTicks, answered);

    /// <summary>Asks any actor of a node; the continuation gets the answer, or null when there is none in time.</summary>
    public void Ask(SimNode node, Address place, Func<Address, Message> question, long patienceTicks, Action<Message?> answered)
    {
        // Clients' calls have the positive numbers.
        int number = --_last;
        _waiting.Add(number, answered);
        world.After(node.IsUp ? patienceTicks : TimeSpan.TicksPerMillisecond, () => Answer(number, null));
        node.Life?.Post(place, question(new Address(node.Id, ActorRole.Caller, unchecked((ulong)number))), 0);
    }

    /// <returns>False when nobody waits for it here.</returns>
    public bool Answer(int number, Message? answer)
    {
        if (!_waiting.Remove(number, out Action<Message?>? answered))
            return false;

        // After the turn that answers: what an operator does next may stop that very process.
        world.After(TimeSpan.TicksPerMicrosecond, () => answered(answer));
        return true;
    }
}
