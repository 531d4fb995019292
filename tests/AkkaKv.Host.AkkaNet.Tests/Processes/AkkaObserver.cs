using Akka.Actor;
using Akka.Cluster;
using Akka.Cluster.Sharding;
using AkkaKv.Cluster.Tests.Processes;
using AkkaKv.Host.AkkaNet.Hosting;
using AkkaKv.Host.AkkaNet.Sharding;
using AkkaKv.Host.AkkaNet.Tests.Support;
using AkkaCluster = Akka.Cluster.Cluster;

namespace AkkaKv.Host.AkkaNet.Tests.Processes;

/// <summary>
/// A member of the servers' Akka cluster without their role: it hosts no shard, is no candidate to join, and sees what an
/// operator of that cluster sees.
/// </summary>
internal sealed class AkkaObserver : IAsyncDisposable
{
    private static readonly TimeSpan AskMax = TimeSpan.FromSeconds(3);

    private readonly ProcessCluster _servers;
    private readonly TestSystem _system;
    private readonly IActorRef _proxy;

    private AkkaObserver(ProcessCluster servers, TestSystem system, IActorRef proxy)
    {
        _servers = servers;
        _system = system;
        _proxy = proxy;
    }

    /// <summary>The servers that the Akka cluster counts as up, the oldest first: that one has the shards' coordinator.</summary>
    public IReadOnlyList<NodeProcess> Oldest =>
        [.. Servers.Where(member => member.Status == MemberStatus.Up).Order(Member.AgeOrdering).Select(member => NodeOf(member.Address))];

    /// <summary>The server that leads the others, and stages what their members' events ask for.</summary>
    public NodeProcess Leader => NodeOf(AkkaCluster.Get(_system.System).State.RoleLeader(NodeRoles.Any)!);

    private IEnumerable<Member> Servers => AkkaCluster.Get(_system.System).State.Members.Where(member => member.HasRole(NodeRoles.Any));

    public static async Task<AkkaObserver> JoinAsync(ProcessCluster servers)
    {
        string settings = await File.ReadAllTextAsync(AkkaShape.QuickDowning);
        var system = TestSystem.Start($"akka.actor.provider = cluster\nakka.loglevel = OFF\nakka.stdout-loglevel = OFF\n{settings}", AkkaShape.SystemName);
        await AkkaCluster.Get(system.System).JoinSeedNodesAsync([.. servers.Nodes.Select(AddressOf)]).WaitAsync(Waiting.Max);
        IActorRef proxy = await ClusterSharding.Get(system.System).StartProxyAsync(ReplicaShards.TypeName, NodeRoles.Any, new ShardExtractor());
        var observer = new AkkaObserver(servers, system, proxy);
        await observer.UntilMembersAsync(servers.Nodes);
        return observer;
    }

    /// <summary>Has the Akka cluster decide that a server is dead, whatever it is.</summary>
    public void Down(NodeProcess node) => AkkaCluster.Get(_system.System).Down(AddressOf(node));

    /// <summary>Waits until just these servers are members of the Akka cluster, and up.</summary>
    public Task UntilMembersAsync(IReadOnlyList<NodeProcess> nodes) => Wait.UntilAsync(
        $"the members of the Akka cluster are {NamesOf(nodes)}",
        () => Servers.Count() == nodes.Count && NamesOf(Oldest) == NamesOf(nodes));

    /// <summary>Waits until every shard of the ring lies on the server that the ring names for it; returns how many each has.</summary>
    public Task<string> UntilShardsFollowTheRingAsync() => Wait.ForAsync("each shard lies on the server that the ring names", async () =>
    {
        IReadOnlyDictionary<string, string> named = await NamedAsync();
        return await LyingAsync() is { } lying && lying.Count == named.Count && lying.All(shard => named[shard.Key] == shard.Value) ? CountsOf(lying) : null;
    });

    /// <summary>Waits until no shard lies on the server that is gone, and each that is not its own still lies where the ring names.</summary>
    public Task<string> UntilNoShardLiesOnAsync(NodeProcess gone) => Wait.ForAsync($"no shard lies on {gone.Name}, and the others' where the ring names", async () =>
    {
        IReadOnlyDictionary<string, string> named = await NamedAsync();
        return await LyingAsync() is { } lying
            && !lying.Values.Contains(gone.Name)
            && named.Where(shard => shard.Value != gone.Name).All(shard => lying.GetValueOrDefault(shard.Key) == shard.Value) ? CountsOf(lying) : null;
    });

    public async ValueTask DisposeAsync() => await _system.DisposeAsync();

    // Null when no coordinator answers; nothing lies anywhere when a server that it still counts on did not answer it.
    private async Task<IReadOnlyDictionary<string, string>?> LyingAsync()
    {
        try
        {
            var stats = await _proxy.Ask<ClusterShardingStats>(new GetClusterShardingStats(AskMax), 2 * AskMax);
            if (stats.Regions.Values.Any(region => region.Failed.Count > 0))
                return null;
            return stats.Regions
                .SelectMany(region => region.Value.Stats.Keys.Select(shard => (Shard: shard, At: NodeOf(region.Key).Name)))
                .ToDictionary(shard => shard.Shard, shard => shard.At, StringComparer.Ordinal);
        }
        catch (AskTimeoutException)
        {
            return null;
        }
    }

    private async Task<IReadOnlyDictionary<string, string>> NamedAsync()
    {
        var named = new Dictionary<string, string>(StringComparer.Ordinal);
        NodeProcess alive = _servers.Nodes.First(node => !node.Life.HasExited);
        var owners = (await alive.Http.GetAsync("/cluster/ring")).Json.GetProperty("owners");
        foreach (var (partition, places) in owners.EnumerateArray().Index())
        {
            foreach (var (ordinal, owner) in places.EnumerateArray().Index())
                named[ReplicaShards.IdOf(partition, ordinal)] = owner.GetString()!;
        }

        return named;
    }

    private static Address AddressOf(NodeProcess node) => new("akka.tcp", AkkaShape.SystemName, "127.0.0.1", node.PeerPort);

    private NodeProcess NodeOf(Address address) => _servers.Nodes.Single(node => node.PeerPort == address.Port);

    private static string NamesOf(IEnumerable<NodeProcess> nodes) => string.Join(", ", nodes.Select(node => node.Name).Order(StringComparer.Ordinal));

    private static string CountsOf(IReadOnlyDictionary<string, string> lying) => string.Join(
        ", ", lying.Values.CountBy(name => name).OrderBy(count => count.Key, StringComparer.Ordinal).Select(count => $"{count.Key} has {count.Value}"));
}
