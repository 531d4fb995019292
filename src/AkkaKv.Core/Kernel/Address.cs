namespace AkkaKv.Core.Kernel;

/// <summary>What an actor is, as the first part of its path. The numbers travel between nodes: never reuse one.</summary>
public enum ActorRole : byte
{
    /// <summary>The store of the node, behind the store messages. Its number is always 0.</summary>
    Store = 1,

    /// <summary>One partition of the ring. Its number is the partition.</summary>
    Replica = 2,

    /// <summary>One request in flight. Its number is drawn by the host.</summary>
    Request = 3,

    /// <summary>The door for requests. Its number is the event loop.</summary>
    Gateway = 4,

    /// <summary>Who is alive. Its number is always 0.</summary>
    Membership = 5,

    /// <summary>Who owns what. Its number is always 0.</summary>
    RingManager = 6,

    /// <summary>Outside of the actors: a caller of the host who waits for a reply. Its number is the call.</summary>
    Caller = 7,

    /// <summary>Keeps writes for nodes that are down. Its number is the partition.</summary>
    Hints = 8,

    /// <summary>Compares replicas. Its number is always 0.</summary>
    AntiEntropy = 9,

    /// <summary>Forgets what is deleted. Its number is the partition.</summary>
    Reaper = 10,

    /// <summary>Promises and accepts decisions. Its number is always 0.</summary>
    Agreement = 11,

    /// <summary>Who belongs to the cluster. Its number is always 0.</summary>
    Topology = 12,

    /// <summary>Brings the node what it is to own and clears what it owns no longer. Its number is always 0.</summary>
    Transfer = 13,

    /// <summary>Gives a partition's objects to nodes that are to own them. Its number is the partition.</summary>
    TransferSource = 14,

    /// <summary>The host's connections to other nodes. Its number is always 0.</summary>
    Network = 15,

    /// <summary>Makes unique ids. Its numbers are in <c>IdPlaces</c>.</summary>
    Ids = 16,
}

/// <summary>Where a message goes: a node and a path within it. Written <c>node-2/replica/17</c>.</summary>
public readonly record struct Address(NodeId Node, ActorRole Role, ulong Number)
{
    public override string ToString() => $"{Node.Name}/{RoleText(Role)}/{Number}";

    private static string RoleText(ActorRole role) => role switch
    {
        ActorRole.Store => "store",
        ActorRole.Replica => "replica",
        ActorRole.Request => "request",
        ActorRole.Gateway => "gateway",
        ActorRole.Membership => "membership",
        ActorRole.RingManager => "ring",
        ActorRole.Caller => "caller",
        ActorRole.Hints => "hints",
        ActorRole.AntiEntropy => "anti-entropy",
        ActorRole.Reaper => "reaper",
        ActorRole.Agreement => "agreement",
        ActorRole.Topology => "topology",
        ActorRole.Transfer => "transfer",
        ActorRole.TransferSource => "transfer-source",
        ActorRole.Network => "network",
        ActorRole.Ids => "ids",
        _ => "role-" + (byte)role,
    };
}
