using AkkaKv.Core.Kernel;

namespace AkkaKv.Core.Tests.Membership;

/// <summary>A context whose clock is set by hand and whose timers fire when told.</summary>
internal sealed class SleepyContext : IActorContext
{
    public Address Self { get; } = new(new NodeId("node-1"), ActorRole.Membership, 0);

    public TimeSpan Now { get; set; }

    public DateTimeOffset WallNow { get; set; } = DateTimeOffset.UnixEpoch.AddYears(50);

    public RandomSource Random { get; } = new(1);

    public List<Message> Sent { get; } = [];

    /// <summary>The timer that was started last.</summary>
    public Message? Timer { get; private set; }

    public void Send(Address to, Message message) => Sent.Add(message);

    public TimerId StartTimer(TimeSpan delay, Message message)
    {
        Timer = message;
        return default;
    }

    public void CancelTimer(TimerId timer) => throw new InvalidOperationException("This actor cancels no timer.");

    public Address Spawn(ActorRole role, Actor actor) => throw new InvalidOperationException("This actor starts no other.");

    public void Stop() => throw new InvalidOperationException("This actor never stops.");

    public void Count(Counter counter, long amount = 1)
    {
    }
}
