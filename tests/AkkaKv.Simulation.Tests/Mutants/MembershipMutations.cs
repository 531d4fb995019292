using AkkaKv.Core.Kernel;
using AkkaKv.Core.Membership;

namespace AkkaKv.Simulation.Tests.Mutants;

/// <summary>Refuses to believe that a peer came back.</summary>
internal sealed class NeverForgives : Mutation
{
    private readonly HashSet<NodeId> _lost = [];

    public override Message? In(IActorContext context, Message message)
    {
        if (message is PeerDisconnected lost)
            _lost.Add(lost.Peer);
        return message is PeerConnected back && _lost.Contains(back.Peer) ? null : message;
    }
}

/// <summary>Feeds the detector with every heartbeat that it is told, known or not.</summary>
internal sealed class TakesOldHeartbeatsForNew : Mutation
{
    private readonly Dictionary<uint, GossipEntry> _newest = [];

    public override Message? In(IActorContext context, Message message) => message switch
    {
        GossipDigest digest => digest with { Entries = AsNew(context.Self.Node, digest.Entries) },
        GossipDelta delta => delta with { Entries = AsNew(context.Self.Node, delta.Entries) },
        _ => message,
    };

    private GossipEntry[] AsNew(NodeId self, IReadOnlyList<GossipEntry> entries)
    {
        var changed = new List<GossipEntry>();
        foreach (GossipEntry told in entries)
        {
            GossipEntry entry = told;
            if (_newest.TryGetValue(told.Member, out GossipEntry known) && !told.IsNewerThan(known))
                entry = known with { Counter = known.Counter + 1 };
            if (told.Member == GossipEntry.HashOf(self) || told.Incarnation == 0)
                entry = told;
            _newest[told.Member] = entry;
            changed.Add(entry);
        }

        return [.. changed];
    }
}

/// <summary>Tells the same heartbeat for ever.</summary>
internal sealed class StandsStill : Mutation
{
    public override Message? Out(IActorContext context, Address to, Message message) => message switch
    {
        GossipDigest digest => digest with { Entries = Still(context.Self.Node, digest.Entries) },
        GossipDelta delta => delta with { Entries = Still(context.Self.Node, delta.Entries) },
        _ => message,
    };

    private static GossipEntry[] Still(NodeId self, IReadOnlyList<GossipEntry> entries)
    {
        uint own = GossipEntry.HashOf(self);
        return [.. entries.Select(entry => entry.Member == own ? entry with { Counter = 1 } : entry)];
    }
}
