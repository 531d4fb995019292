using AkkaKv.Api;

namespace AkkaKv.Server.Http;

/// <summary>What a request of an operator may hold; which parts it must is checked where it is used.</summary>
internal sealed record ChangeOrder
{
    public string? Kind { get; init; }

    public string? Node { get; init; }

    public ClusterMember? Member { get; init; }

    public bool Dead { get; init; }
}

/// <summary>The body of a commit.</summary>
internal sealed record CommitOrder
{
    public long? Epoch { get; init; }
}

/// <summary>The body of an abort; may be left out.</summary>
internal sealed record AbortOrder
{
    public IReadOnlyList<string>? Dead { get; init; } = [];
}

/// <summary>What a node that wants to join says of itself.</summary>
internal sealed record JoinOrder
{
    public string? Cluster { get; init; }

    public ClusterMember? Member { get; init; }

    /// <summary>The oldest and the newest version of the peer protocol that it speaks.</summary>
    public int ProtocolMin { get; init; }

    public int ProtocolMax { get; init; }

    /// <summary>Of the secret that seals its context tokens.</summary>
    public string? SecretFingerprint { get; init; }
}

/// <summary>Who belongs, what changes and how far it is.</summary>
internal sealed record ChangesBody(
    long Epoch,
    string ClusterId,
    string Phase,
    bool TakenBack,
    int Partitions,
    int N,
    IReadOnlyList<ClusterMember> Members,
    IReadOnlyList<ClusterMember>? Next,
    IReadOnlyList<string> Gone,
    IReadOnlyList<ClusterChange> Staged,
    IReadOnlyList<MemberProgress> Progress,
    IReadOnlyList<WorkerInfo> Workers,
    string Waiting)
{
    public static ChangesBody Of(ClusterChangeInfo info) => new(
        info.Epoch,
        info.ClusterId,
        info.Phase,
        info.TakenBack,
        info.Partitions,
        info.N,
        info.Members,
        info.Next,
        info.Gone,
        info.Staged,
        info.Progress,
        info.Workers,
        info.Waiting);
}

/// <summary>What became of an order.</summary>
internal sealed record OrderBody(bool Done, string Detail, long Epoch);

/// <summary>What a node that joins must know.</summary>
/// <param name="State">"member": it belongs already. "joining": the change is under way. "staged": it waits for its commit.</param>
/// <param name="Configuration">The configuration as nodes read it, in base64.</param>
internal sealed record JoinBody(
    string State,
    string Detail,
    string Cluster,
    string ClusterId,
    long Epoch,
    int Partitions,
    int N,
    string SecretFingerprint,
    string Configuration);
