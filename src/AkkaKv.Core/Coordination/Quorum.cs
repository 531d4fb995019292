using AkkaKv.Api;

namespace AkkaKv.Core.Coordination;

/// <summary>N, R and W where a request names none.</summary>
public sealed record QuorumDefaults(int N = 3, int R = 2, int W = 2);

/// <summary>What a bucket sets for its keys; null takes the cluster's.</summary>
public sealed record BucketQuorum(int? N = null, int? R = null, int? W = null);

/// <summary>The quorum of one request, checked: 1 ≤ R, W ≤ N.</summary>
public readonly record struct Quorum(int N, int R, int W, bool Strict, TimeSpan Timeout)
{
    /// <summary>True when each read quorum meets each write quorum.</summary>
    public bool Overlapping => R + W > N;
}

/// <summary>Works out a request's quorum from what it says, its bucket says, and the cluster says.</summary>
public static class QuorumRules
{
    /// <summary>The longest deadline a request may ask for.</summary>
    public static readonly TimeSpan TimeoutMax = TimeSpan.FromMinutes(1);

    /// <summary>The largest N: as many owners as a preference list names.</summary>
    public const int ReplicasMax = 15;

    /// <summary>
    /// What is given is taken as it is and must fit. A default for R or W that is larger than a given N shrinks to it:
    /// who asks for one replica means one answer.
    /// </summary>
    /// <param name="members">How many nodes the cluster has.</param>
    /// <returns>False with the error when it does not fit.</returns>
    public static bool TryResolve(
        RequestOptions request, BucketQuorum bucket, QuorumDefaults cluster, TimeSpan defaultTimeout, int members, out Quorum quorum, out KvError? error)
    {
        int n = request.N ?? bucket.N ?? cluster.N;
        int r = request.R ?? Math.Min(bucket.R ?? cluster.R, n);
        int w = request.W ?? Math.Min(bucket.W ?? cluster.W, n);
        TimeSpan timeout = request.Timeout ?? defaultTimeout;
        quorum = new Quorum(n, r, w, request.Mode == QuorumMode.Strict, timeout);
        error = CheckCounts(request, quorum, members) ?? CheckTimeout(timeout);
        return error is null;
    }

    private static KvError? CheckCounts(RequestOptions request, Quorum quorum, int members)
    {
        if (quorum.N is < 1 or > ReplicasMax)
            return Invalid($"N must be from 1 to {ReplicasMax}; found {quorum.N}.");
        if (request.N > members)
            return Invalid($"N must be at most the number of members, {members}; found {quorum.N}. Ask for fewer replicas or add members.");
        if (quorum.R < 1 || quorum.R > quorum.N)
            return Invalid($"R must be from 1 to N = {quorum.N}; found {quorum.R}.");
        if (quorum.W < 1 || quorum.W > quorum.N)
            return Invalid($"W must be from 1 to N = {quorum.N}; found {quorum.W}.");
        return null;
    }

    private static KvError? CheckTimeout(TimeSpan timeout) =>
        timeout > TimeSpan.Zero && timeout <= TimeoutMax
            ? null
            : new KvError(
                KvErrorCode.InvalidTimeout,
                $"A timeout must be more than 0 and at most {TimeoutMax.TotalSeconds:0} seconds; found {timeout.TotalSeconds:0.###} seconds.");

    private static KvError Invalid(string detail) => new(KvErrorCode.InvalidQuorum, detail);
}
