using System.Collections.Frozen;
using AkkaKv.Core.Kernel;

namespace AkkaKv.Host.Native.Peers;

/// <summary>
/// The links to all peers. An immutable map that is replaced as a whole when the members change, so that the loops look
/// a peer up without a lock; one writer at a time.
/// </summary>
internal sealed class PeerTable
{
    private volatile FrozenDictionary<string, PeerLink> _byName = FrozenDictionary<string, PeerLink>.Empty;
    private ulong _clusterId;

    /// <summary>By name.</summary>
    public IReadOnlyList<PeerLink> Links => [.. _byName.Values.OrderBy(link => link.Node.Name, StringComparer.Ordinal)];

    /// <summary>0 as long as it is not known.</summary>
    public ulong ClusterId
    {
        get => Volatile.Read(ref _clusterId);
        set => Volatile.Write(ref _clusterId, value);
    }

    public PeerLink? Find(NodeId node) => _byName.GetValueOrDefault(node.Name);

    public void Replace(IEnumerable<PeerLink> links) => _byName = links.ToFrozenDictionary(link => link.Node.Name, StringComparer.Ordinal);
}

/// <summary>
/// What one loop sends to peers in one turn. Remembers which connections have something, so that each is flushed once.
/// </summary>
/// <remarks>
/// The marks are by the link's number, which no other link ever has: a link that is closed within a turn is flushed in
/// vain, and the one that follows on it has marks of its own. Three bytes for each link that the node ever made.
/// </remarks>
internal sealed class PeerTurn(PeerTable peers)
{
    private readonly List<(PeerLink Link, int Class)> _touched = [];
    private bool[] _isTouched = [];

    /// <summary>Adds a message to its connection's batch.</summary>
    /// <returns>False when the node is no member.</returns>
    public bool TrySend(Address to, Message message)
    {
        PeerLink? link = peers.Find(to.Node);
        if (link is null)
            return false;
        int group = (int)link.Add(to.Role, to.Number, message);
        int place = (link.Index * PeerLink.Classes) + group;
        if (place >= _isTouched.Length)
            Array.Resize(ref _isTouched, Math.Max(2 * _isTouched.Length, place + PeerLink.Classes));
        if (!_isTouched[place])
        {
            _isTouched[place] = true;
            _touched.Add((link, group));
        }

        return true;
    }

    public void Flush()
    {
        foreach ((PeerLink link, int group) in _touched)
        {
            _isTouched[(link.Index * PeerLink.Classes) + group] = false;
            link.Flush((Wire.Codec.MessageClass)group);
        }

        _touched.Clear();
    }
}
