using AkkaKv.Cluster.Tests.Processes;

namespace AkkaKv.Cluster.Tests.Faults.Networks;

/// <summary>
/// A network between nodes on loopback that needs no privileges: each node is told, for each other, the address of a
/// proxy. Both connections of a pair obey the same two directions.
/// </summary>
internal sealed class PeerMesh : IAsyncDisposable
{
    private readonly Dictionary<(string From, string To), Direction> _directions = [];
    private readonly List<PeerProxy> _proxies = [];

    /// <summary>How a node is told of a member: itself as it is, others behind a proxy of their own.</summary>
    public string MemberFor(NodeProcess viewer, NodeProcess member)
    {
        if (viewer.Name == member.Name)
            return member.Member;
        var proxy = new PeerProxy(member.PeerPort, Of(viewer.Name, member.Name), Of(member.Name, viewer.Name));
        _proxies.Add(proxy);
        return member.MemberAt(proxy.Port);
    }

    /// <summary>Nothing passes between the two groups, either way.</summary>
    public void Partition(IReadOnlyCollection<NodeProcess> one, IReadOnlyCollection<NodeProcess> other)
    {
        foreach (var (first, second) in one.SelectMany(first => other.Select(second => (first, second))))
        {
            CutOneWay(first, second);
            CutOneWay(second, first);
        }
    }

    /// <summary>Nothing passes from one node to the other; the way back is open.</summary>
    public void CutOneWay(NodeProcess from, NodeProcess to) => Of(from.Name, to.Name).Cut();

    public void Heal()
    {
        foreach (var direction in _directions.Values)
            direction.Heal();
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var proxy in _proxies)
            await proxy.DisposeAsync();
    }

    private Direction Of(string from, string to)
    {
        if (!_directions.TryGetValue((from, to), out Direction? direction))
            _directions.Add((from, to), direction = new Direction());
        return direction;
    }
}
