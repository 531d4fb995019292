namespace AkkaKv.Api;

/// <summary>What the answering node believes of one member.</summary>
/// <param name="Name">The member's name, unique in the cluster.</param>
/// <param name="Endpoint">Where nodes reach it, <c>host:port</c>.</param>
/// <param name="HttpEndpoint">Where people reach it, a URL, or null when unknown.</param>
/// <param name="Zone">The failure zone it stands in; empty when none was configured.</param>
/// <param name="Weight">Its share of the data relative to the others; 1 is normal.</param>
/// <param name="Reachable">False when the answering node has no connection to it.</param>
/// <param name="Self">True for the answering node.</param>
/// <param name="Partitions">How many partitions list it as an owner.</param>
public sealed record MemberInfo(
    string Name,
    string Endpoint,
    string? HttpEndpoint,
    string Zone,
    double Weight,
    bool Reachable,
    bool Self,
    int Partitions)
{
    /// <summary>What the answering node knows of its health; null where only the members were asked for.</summary>
    public MemberHealth? Health { get; init; }
}

/// <summary>The ring as the answering node knows it.</summary>
/// <param name="Epoch">The number of the configuration it was computed from.</param>
/// <param name="Partitions">Q, how many equal parts the hash space has.</param>
/// <param name="N">The default number of replicas.</param>
/// <param name="Owners">For each partition its owners, first the one that coordinates by preference.</param>
/// <param name="Members">The members with their shares.</param>
public sealed record RingInfo(long Epoch, int Partitions, int N, IReadOnlyList<IReadOnlyList<string>> Owners, IReadOnlyList<MemberInfo> Members);

/// <summary>Where one key lives.</summary>
/// <param name="Key">The key.</param>
/// <param name="Hash">Its 64-bit hash.</param>
/// <param name="Partition">The partition: the hash's top bits.</param>
/// <param name="Owners">Its owners in order of preference.</param>
/// <param name="Fallbacks">The nodes that stand in for an owner, in the order they would be asked.</param>
public sealed record PlacementInfo(EntryKey Key, ulong Hash, int Partition, IReadOnlyList<MemberInfo> Owners, IReadOnlyList<MemberInfo> Fallbacks);

/// <summary>How one node is.</summary>
/// <param name="Node">Its name.</param>
/// <param name="Ready">True when it should get traffic.</param>
/// <param name="Reasons">Why it is not ready, one sentence each; empty when it is.</param>
/// <param name="Store">Facts of its store for people: kind, identity, keys, bytes, durability.</param>
public sealed record NodeHealth(string Node, bool Ready, IReadOnlyList<string> Reasons, IReadOnlyDictionary<string, string> Store);

/// <summary>The bounds that a client can run into.</summary>
/// <param name="KeyBytesMax">The largest key.</param>
/// <param name="ValueBytesMax">The largest value.</param>
/// <param name="SiblingsMax">Past this many concurrent values, writes are refused.</param>
public sealed record KvLimits(int KeyBytesMax = 1024, int ValueBytesMax = 1 << 20, int SiblingsMax = 100);
