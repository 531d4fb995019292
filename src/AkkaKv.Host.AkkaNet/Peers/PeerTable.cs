using System.Collections.Frozen;
using Akka.Actor;
using AkkaKv.Core.Kernel;
using AkkaKv.Wire.Codec;
using AkkaAddress = Akka.Actor.Address;

namespace AkkaKv.Host.AkkaNet.Peers;

/// <summary>A peer whose process has agreed to talk: where each class of messages enters it.</summary>
/// <param name="Incarnation">Of its process, as it told.</param>
/// <param name="Doors">By the number of the <see cref="MessageClass"/>.</param>
/// <param name="Version">In which version both speak.</param>
internal sealed record PeerRoute(NodeId Node, AkkaAddress Address, ulong Incarnation, IReadOnlyList<IActorRef> Doors, int Version);

/// <summary>
/// Who may be talked to, and who may talk. Immutable maps that the network's actor replaces as a whole, so that loops and
/// doors look a peer up without a lock.
/// </summary>
internal sealed class PeerTable(NodeId self)
{
    private volatile FrozenDictionary<string, AkkaAddress> _wanted = FrozenDictionary<string, AkkaAddress>.Empty;
    private volatile FrozenDictionary<string, PeerRoute> _routes = FrozenDictionary<string, PeerRoute>.Empty;
    private long _dropped;
    private long _unfit;

    /// <summary>This node.</summary>
    public NodeId Self { get; } = self;

    /// <summary>Messages to peers that were not connected.</summary>
    public long Dropped => Interlocked.Read(ref _dropped);

    /// <summary>Messages from peers that their receiver has no use for, or that were no peer's to send.</summary>
    public long Unfit => Interlocked.Read(ref _unfit);

    /// <summary>True for a node that belongs, connected or not.</summary>
    public bool IsWanted(NodeId node) => _wanted.ContainsKey(node.Name);

    /// <summary>Where a node that belongs is; null for any other.</summary>
    public AkkaAddress? AddressOf(NodeId node) => _wanted.GetValueOrDefault(node.Name);

    /// <summary>Null as long as the node has not agreed.</summary>
    public PeerRoute? RouteOf(NodeId node) => _routes.GetValueOrDefault(node.Name);

    public void Replace(IEnumerable<KeyValuePair<string, AkkaAddress>> wanted, IEnumerable<PeerRoute> routes)
    {
        _wanted = wanted.ToFrozenDictionary(StringComparer.Ordinal);
        _routes = routes.ToFrozenDictionary(route => route.Node.Name, StringComparer.Ordinal);
    }

    public void CountDropped(int messages) => Interlocked.Add(ref _dropped, messages);

    public void CountUnfit(int messages) => Interlocked.Add(ref _unfit, messages);
}
