using AkkaKv.Host.Spelling;

namespace AkkaKv.Host.Settings;

/// <summary>What settings must be to each other. Each sentence says what was required, what was found, and what to do.</summary>
internal static class OptionsChecks
{
    private static readonly TimeSpan TombstoneGraceMin = TimeSpan.FromMinutes(5);

    public static IEnumerable<string> Of(NodeSettings options) =>
        Quorums(options).Concat(Members(options)).Concat(Growing(options)).Concat(Limits(options)).Concat(Tombstones(options.Upkeep))
            .Concat(ShardStates(options.Akka)).Concat(HintHomes(options));

    private static IEnumerable<string> Quorums(NodeSettings options)
    {
        var cluster = options.Cluster;
        if (cluster.R > cluster.N)
            yield return $"Cluster:R must be at most Cluster:N; found R = {cluster.R} and N = {cluster.N}. Lower R or raise N.";
        if (cluster.W > cluster.N)
            yield return $"Cluster:W must be at most Cluster:N; found W = {cluster.W} and N = {cluster.N}. Lower W or raise N.";
        // A node that is listed alone may be one of a cluster that others have joined: its data directory tells.
        if (cluster.Members.Count > 1 && !options.Node.Bootstrap && options.Node.Join.Count == 0 && cluster.N > cluster.Members.Count)
            yield return TooFewMembers(cluster);
        foreach (var (name, bucket) in options.Buckets)
        {
            var n = bucket.N ?? cluster.N;
            if ((bucket.R ?? cluster.R) > n)
                yield return $"Buckets:{name}:R must be at most the bucket's N; found R = {bucket.R ?? cluster.R} and N = {n}. Set both for the bucket.";
            if ((bucket.W ?? cluster.W) > n)
                yield return $"Buckets:{name}:W must be at most the bucket's N; found W = {bucket.W ?? cluster.W} and N = {n}. Set both for the bucket.";
            if (cluster.Members.Count > 1 && bucket.N > cluster.Members.Count)
                yield return $"Buckets:{name}:N must be at most the number of members; found N = {bucket.N} and {cluster.Members.Count} members. Lower N or add members.";
        }
    }

    /// <summary>Said of a list of members that is the whole cluster.</summary>
    public static string TooFewMembers(ClusterOptions cluster) =>
        $"Cluster:N must be at most the number of members; found N = {cluster.N} and {cluster.Members.Count} members. Lower N or add members.";

    private static IEnumerable<string> Growing(NodeSettings options)
    {
        var node = options.Node;
        if (node.Bootstrap && node.Join.Count > 0)
            yield return "Node:Bootstrap founds a cluster and Node:Join joins one; found both. Leave one of them out.";
        if (!node.Bootstrap && node.Join.Count == 0)
            yield break;
        string setting = node.Bootstrap ? "Node:Bootstrap" : "Node:Join";
        if (node.Name is null)
            yield return $"{setting} is of a single node: say which with --node NAME.";
        else if (options.Cluster.Members.Count > 1)
            yield return $"With {setting} the only member to configure is this node; found {options.Cluster.Members.Count}. Leave the others out: they join, or the cluster tells of them.";
        if (options.Store.Kind == StoreKind.Memory && node.Join.Count > 0)
            yield return "A node that joins must keep what it has promised; found Store:Kind memory. Use log.";
    }

    private static IEnumerable<string> Members(NodeSettings options)
    {
        var members = options.Cluster.Members;
        foreach (var twice in members.GroupBy(member => member.Name, StringComparer.Ordinal).Where(group => group.Skip(1).Any()))
            yield return $"Cluster:Members must have distinct names; found {twice.Key} {twice.Count()} times. Rename one.";
        foreach (var twice in members.GroupBy(member => member.Endpoint, StringComparer.OrdinalIgnoreCase).Where(group => group.Skip(1).Any()))
            yield return $"Cluster:Members must have distinct endpoints; found {twice.Key} for {string.Join(" and ", twice.Select(member => member.Name))}. Give each its own port.";
        if (options.Node.Name is not { } name)
            yield break;
        if (members.Count == 0)
        {
            yield return $"Node:Name is {name}, but no members are configured. Name them in Cluster:Members of the configuration file, or with --member name={name},endpoint=HOST:PORT,http=URL for each.";
        }
        else if (options.Self is null)
        {
            var names = members.Select(member => member.Name).ToArray();
            yield return $"Node:Name must be one of the members ({string.Join(", ", names)}); found {name}."
                + (NearestName.Of(name, names) is { } nearest ? $" Did you mean {nearest}?" : " Add it to Cluster:Members.");
        }
    }

    private static IEnumerable<string> Limits(NodeSettings options)
    {
        var limits = options.Limits;
        if (limits.SiblingsWarn > limits.SiblingsMax)
            yield return $"Limits:SiblingsWarn must be at most Limits:SiblingsMax; found {limits.SiblingsWarn} and {limits.SiblingsMax}. Lower the first.";
        if (limits.RequestBytesInFlightMax < limits.ValueBytesMax)
            yield return $"Limits:RequestBytesInFlightMax must hold at least one value of Limits:ValueBytesMax ({limits.ValueBytesMax}); found {limits.RequestBytesInFlightMax}. Raise it.";
        if (options.Store.SegmentBytes < 2L * limits.ValueBytesMax)
            yield return $"Store:SegmentBytes must be at least twice Limits:ValueBytesMax ({limits.ValueBytesMax}); found {options.Store.SegmentBytes}. Raise it.";
    }

    private static IEnumerable<string> ShardStates(AkkaSettings akka)
    {
        if (akka is { ShardState: ShardStateStore.PostgreSql, ShardDatabase: null })
            yield return "Akka:ShardDatabase must say how to reach the database of Akka:ShardState postgresql; found nothing. Set it, as in Host=db;Database=akkakv;Username=akkakv.";
        if (akka is { ShardState: ShardStateStore.DData, ShardDatabase: not null })
            yield return "Akka:ShardDatabase is for Akka:ShardState sqlite or postgresql; found ddata. Set the one or leave out the other.";
    }

    private static IEnumerable<string> HintHomes(NodeSettings options)
    {
        AkkaSettings akka = options.Akka;
        if (akka.Hints == HintKeeping.Log)
            yield break;
        if (akka is { Hints: HintKeeping.PostgreSql, HintDatabase: null })
            yield return "Akka:HintDatabase must say how to reach the database of Akka:Hints postgresql; found nothing. Set it, as in Host=db;Database=akkakv;Username=akkakv.";
        if (options.Store.Kind == StoreKind.Memory)
            yield return "A node that keeps its hints in a database must know them as its own after a restart; found Store:Kind memory. Use log, or leave out Akka:Hints.";
    }

    private static IEnumerable<string> Tombstones(UpkeepOptions upkeep)
    {
        if (upkeep.HintLifetime is { } lifetime && lifetime >= upkeep.TombstoneGrace)
        {
            yield return $"Hints:LifetimeSeconds must be less than Tombstones:GraceSeconds; found {lifetime.TotalSeconds} and {upkeep.TombstoneGrace.TotalSeconds}. "
                + "A hint that outlives the grace could bring back a key after its deletion was forgotten. Lower the first or raise the second.";
        }

        if (upkeep.TombstoneGrace < TombstoneGraceMin && !upkeep.AllowShortGrace)
        {
            yield return $"Tombstones:GraceSeconds must be at least {TombstoneGraceMin.TotalSeconds}; found {upkeep.TombstoneGrace.TotalSeconds}. "
                + "A request that is still on its way could bring back what was deleted. Raise it, or set Tombstones:AllowShortGrace to true for an experiment whose data may come back.";
        }
    }
}
