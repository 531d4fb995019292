using AkkaKv.Core.Kernel;

namespace AkkaKv.Contract;

/// <summary>
/// Some nodes on the host under test, as <see cref="HostContract"/> sees them. The first node is number 0. The actors of
/// <see cref="ActorRole.Membership"/> are the host's own; every other address is the test's.
/// </summary>
public interface IContractHost : IAsyncDisposable
{
    /// <summary>A node's name.</summary>
    NodeId Node(int node);

    /// <summary>Adds an actor; before the start.</summary>
    void Add(Address address, Func<Actor> make);

    /// <summary>Starts all nodes; completes when each can send to each other one.</summary>
    Task StartAsync();

    /// <summary>Sends to an actor from outside of the actors.</summary>
    void Post(Address to, Message message);

    /// <summary>Lets the world go on until the condition holds. It can change only when something is written into the journal.</summary>
    /// <exception cref="TimeoutException">It never held, or a node stopped itself.</exception>
    Task UntilAsync(Journal journal, Func<bool> holds);

    /// <summary>Completes when that node has stopped by itself and none of its actors is at work any more: why it did.</summary>
    Task<string> FailureAsync(int node);

    /// <summary>Messages to addresses that are not there, of all nodes together.</summary>
    long DroppedUnknownAddress { get; }

    /// <summary>What the actors of all nodes have counted.</summary>
    long Counted(Counter counter);
}
