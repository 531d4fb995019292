using AkkaKv.Core.Kernel;

namespace AkkaKv.Host;

/// <summary>What the door of a node asks of the host that runs its actors.</summary>
public interface INodeRuntime
{
    /// <summary>Completes when the node has stopped: null when it was disposed, else why it stopped itself.</summary>
    Task<NodeFailure?> Stopped { get; }

    /// <summary>Callers waiting for a reply now.</summary>
    int CallsWaiting { get; }

    /// <summary>What the actors counted, by the number of the <see cref="Counter"/>.</summary>
    IReadOnlyList<long> CountedByActors { get; }

    /// <summary>For people: each peer that cannot be reached, and why; empty when all can.</summary>
    string PeerTroubles { get; }

    /// <summary>Sends to an actor of this node from outside.</summary>
    /// <returns>False when its inbox is full or the node has stopped: say "busy".</returns>
    bool TryPost(Address to, Message message);

    /// <summary>
    /// Asks an actor of this node. The request is made with the address for the reply, which may come from any node.
    /// </summary>
    /// <param name="state">Given to <paramref name="makeRequest"/>, which can then be static.</param>
    /// <param name="reply">
    /// To be awaited exactly once. Fails with <see cref="NodeStoppedException"/> or, when cancelled, with
    /// <see cref="OperationCanceledException"/>; deadlines are the actors' affair.
    /// </param>
    /// <returns>False when nothing was sent: too many wait, or the inbox is full, or the node has stopped.</returns>
    bool TryAsk<TState>(Address to, TState state, Func<TState, Address, Message> makeRequest, CancellationToken cancellation, out ValueTask<Message> reply);
}
