using AkkaKv.Core.Kernel;
using AkkaKv.Host.Callers;

namespace AkkaKv.Host.AkkaNet;

/// <summary>How one node runs in an actor system. Each bound stands with its default and its reason.</summary>
public sealed record AkkaNodeOptions
{
    /// <summary>This node's name.</summary>
    public required NodeId Self { get; init; }

    /// <summary>The cluster's name, AkkaKv's own: nodes of different clusters refuse each other.</summary>
    public required string Cluster { get; init; }

    /// <summary>Q of the ring; nodes that disagree refuse each other.</summary>
    public required int RingPartitions { get; init; }

    /// <summary>Drawn when the cluster was founded; 0 as long as it is not known. The topology's actor tells a newer one.</summary>
    public ulong ClusterId { get; init; }

    /// <summary>The other members, at the start: where Akka.Remote of each listens.</summary>
    public IReadOnlyList<PeerEndpoint> Peers { get; init; } = [];

    /// <summary>Members that this node's own settings say how to reach: that comes before what the cluster's configuration says.</summary>
    public IReadOnlyList<PeerEndpoint> NamedPeers { get; init; } = [];

    /// <summary>Loops, each a thread. Default 1: one fills a core, and the system's other actors need the rest.</summary>
    public int Loops { get; init; } = 1;

    /// <summary>Messages waiting in a loop's mailboxes. Default 65,536: a tenth of a second of a full loop; more would only be late.</summary>
    public int InboxMessagesMax { get; init; } = 65_536;

    /// <summary>Callers waiting for a reply. Default 65,536: past it the answer is "busy".</summary>
    public int CallsMax { get; init; } = 65_536;

    /// <summary>Run a caller's continuation on the thread pool. Default true: a slow caller must not hold up a loop.</summary>
    public bool RunCallersAsynchronously { get; init; } = true;

    /// <summary>How often a peer that has not agreed is greeted. Default 250 ms: a returning peer is not kept waiting.</summary>
    public TimeSpan GreetInterval { get; init; } = TimeSpan.FromMilliseconds(250);

    /// <summary>How long a stop waits for the actors to end. Default 10 s: they end between two messages.</summary>
    public TimeSpan StopTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Fails on options that cannot work.</summary>
    /// <exception cref="InvariantException">Names the option.</exception>
    public void Validate()
    {
        Invariant.Require(Self.Name.Length is >= 1 and <= 255, "a node's name has 1 to 255 characters", Self.Name.Length);
        Invariant.Require(Loops is >= 1 and <= 256, "Loops is 1 to 256", Loops);
        Invariant.Require(InboxMessagesMax > 0, "InboxMessagesMax is positive", InboxMessagesMax);
        Invariant.Require(CallsMax is > 0 and <= CallTable.SlotsMax, "CallsMax is 1 to 16777216", CallsMax);
        Invariant.Require(GreetInterval > TimeSpan.Zero, "GreetInterval is positive", GreetInterval);
        foreach (PeerEndpoint peer in Peers)
            Invariant.Require(peer.Node != Self, "a node is not its own peer", peer.Node);
    }
}

/// <summary>What the host tells its owner. Called from any thread; must be quick.</summary>
public sealed record AkkaNodeHooks
{
    /// <summary>A peer has agreed to talk. For one peer never at the same time as <see cref="PeerDisconnected"/>.</summary>
    public Action<NodeId> PeerConnected { get; init; } = static _ => { };

    /// <summary>The way to a peer that had agreed is broken.</summary>
    public Action<NodeId> PeerDisconnected { get; init; } = static _ => { };

    /// <summary>The node has stopped itself. Called once.</summary>
    public Action<NodeFailure> Failed { get; init; } = static _ => { };

    /// <summary>For the log.</summary>
    public Action<NodeEvent> Log { get; init; } = static _ => { };
}
