namespace AkkaKv.Core.Kernel;

/// <summary>
/// One message at a time, never waiting. Everything it knows of the world comes in through <see cref="Receive"/> and
/// the context; everything it does leaves through the context. So the same messages give the same effects.
/// </summary>
/// <remarks>Source: Hewitt, Bishop and Steiger 1973; the shape follows what a simulator needs to replay a run.</remarks>
public abstract class Actor
{
    /// <summary>Called once, before the first message. What it throws stops the node, as for a message.</summary>
    public virtual void Start(IActorContext context)
    {
    }

    /// <summary>
    /// Handles one message. The context is valid only during the call. What it throws stops the whole node, and no message
    /// is handled after it: a node that is wrong must not spread it.
    /// </summary>
    public abstract void Receive(IActorContext context, Message message);
}

/// <summary>All that an actor may ask of its host. What is promised here, the contract suite holds every host to (docs/TESTING.md).</summary>
public interface IActorContext
{
    /// <summary>The actor's own address.</summary>
    Address Self { get; }

    /// <summary>Monotonic time since the node started; the same throughout one handler.</summary>
    TimeSpan Now { get; }

    /// <summary>The wall clock, UTC. It may jump in either direction: for people and expiry, never for ordering.</summary>
    DateTimeOffset WallNow { get; }

    /// <summary>Randomness, seeded by the host: anew at each start, or so that a simulator can repeat the run.</summary>
    RandomSource Random { get; }

    /// <summary>
    /// Sends at most once. Messages of one sender to one receiver arrive in order, or not at all; a message to an
    /// unknown address is dropped and counted. Between nodes the order holds within a message class: control, data and
    /// bulk have each a connection of their own, and an object larger than 64 KiB makes its message bulk, so it may
    /// arrive after what was sent later, or before what was sent earlier.
    /// </summary>
    void Send(Address to, Message message);

    /// <summary>
    /// Delivers <paramref name="message"/> to this actor after <paramref name="delay"/> and never before, unless cancelled
    /// or the actor stopped. In order of the time they are due; those of one actor that are due at once, in the order in
    /// which they were started. Without delay: after the current handler.
    /// </summary>
    TimerId StartTimer(TimeSpan delay, Message message);

    /// <summary>
    /// Cancels a timer. After this its message does not arrive, even if it was already due. One that has fired or was
    /// cancelled is left alone.
    /// </summary>
    void CancelTimer(TimerId timer);

    /// <summary>
    /// Starts an actor on the same event loop under a fresh number and returns its address. Its
    /// <see cref="Actor.Start"/> runs before anything that is sent to it from now on.
    /// </summary>
    Address Spawn(ActorRole role, Actor actor);

    /// <summary>
    /// Ends this actor after the current message. Its timers are cancelled; messages to it, those that wait already too,
    /// are dropped and counted.
    /// </summary>
    void Stop();

    /// <summary>Adds to one of the node's counters. Nothing in the protocol ever reads one.</summary>
    void Count(Counter counter, long amount = 1);
}

/// <summary>Names one started timer of one actor.</summary>
public readonly record struct TimerId(ulong Number);
