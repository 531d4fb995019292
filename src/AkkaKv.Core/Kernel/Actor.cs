namespace AkkaKv.Core.Kernel;

/// <summary>
/// One message at a time, never waiting. Everything it knows of the world comes in through <see cref="Receive"/> and
/// the context; everything it does leaves through the context. So the same messages give the same effects.
/// </summary>
/// <remarks>Source: Hewitt, Bishop and Steiger 1973; the shape follows what a simulator needs to replay a run.</remarks>
public abstract class Actor
{
    /// <summary>Called once, before the first message.</summary>
    public virtual void Start(IActorContext context)
    {
    }

    /// <summary>Handles one message. The context is valid only during the call.</summary>
    public abstract void Receive(IActorContext context, Message message);
}

/// <summary>All that an actor may ask of its host.</summary>
public interface IActorContext
{
    /// <summary>The actor's own address.</summary>
    Address Self { get; }

    /// <summary>Monotonic time since the node started.</summary>
    TimeSpan Now { get; }

    /// <summary>The wall clock, UTC. It may jump in either direction: for people and expiry, never for ordering.</summary>
    DateTimeOffset WallNow { get; }

    /// <summary>Randomness, seeded by the host.</summary>
    RandomSource Random { get; }

    /// <summary>
    /// Sends at most once. Messages of one sender to one receiver arrive in order, or not at all; a message to an
    /// unknown address is dropped and counted.
    /// </summary>
    void Send(Address to, Message message);

    /// <summary>Delivers <paramref name="message"/> to this actor after <paramref name="delay"/>, unless cancelled or the actor stopped.</summary>
    TimerId StartTimer(TimeSpan delay, Message message);

    /// <summary>Cancels a timer. After this its message does not arrive, even if it was already due.</summary>
    void CancelTimer(TimerId timer);

    /// <summary>Starts an actor on the same event loop under a fresh number and returns its address.</summary>
    Address Spawn(ActorRole role, Actor actor);

    /// <summary>Ends this actor after the current message. Its timers are cancelled; later messages to it are dropped.</summary>
    void Stop();

    /// <summary>Adds to one of the node's counters. Nothing in the protocol ever reads one.</summary>
    void Count(Counter counter, long amount = 1);
}

/// <summary>Names one started timer of one actor.</summary>
public readonly record struct TimerId(ulong Number);
