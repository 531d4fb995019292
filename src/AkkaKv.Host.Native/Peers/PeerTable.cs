using System.Collections.Frozen;
using AkkaKv.Core.Kernel;
using AkkaKv.Wire.Codec;

namespace AkkaKv.Host.Native.Peers;

/// <summary>The links to all peers; fixed when the node is made.</summary>
internal sealed class PeerTable
{
    private readonly FrozenDictionary<string, PeerLink> _byName;

    public PeerTable(NativeNodeOptions options, NativeHooks hooks, IMessageCodec codec)
    {
        var links = new PeerLink[options.Peers.Count];
        for (int i = 0; i < links.Length; i++)
            links[i] = new PeerLink(options.Peers[i], i, hooks, codec);
        Links = links;
        _byName = links.ToFrozenDictionary(link => link.Node.Name, StringComparer.Ordinal);
    }

    public IReadOnlyList<PeerLink> Links { get; }

    public PeerLink? Find(NodeId node) => _byName.GetValueOrDefault(node.Name);
}

/// <summary>
/// What one loop sends to peers in one turn. Remembers which connections have something, so that each is flushed once.
/// </summary>
internal sealed class PeerTurn(PeerTable peers)
{
    private readonly bool[] _isTouched = new bool[peers.Links.Count * PeerLink.Classes];
    private readonly List<int> _touched = [];

    /// <summary>Adds a message to its connection's batch.</summary>
    /// <returns>False when the node is no member.</returns>
    public bool TrySend(Address to, Message message)
    {
        PeerLink? link = peers.Find(to.Node);
        if (link is null)
            return false;
        int place = (link.Index * PeerLink.Classes) + (int)link.Add(to.Role, to.Number, message);
        if (!_isTouched[place])
        {
            _isTouched[place] = true;
            _touched.Add(place);
        }

        return true;
    }

    public void Flush()
    {
        foreach (int place in _touched)
        {
            _isTouched[place] = false;
            peers.Links[place / PeerLink.Classes].Flush((MessageClass)(place % PeerLink.Classes));
        }

        _touched.Clear();
    }
}
