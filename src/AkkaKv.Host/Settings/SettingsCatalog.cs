namespace AkkaKv.Host.Settings;

/// <summary>One setting that exists.</summary>
/// <param name="Name">Its name with colons; a "*" stands for a name or number of the user's own.</param>
/// <param name="Default">Its text when nobody sets it; null is unset.</param>
/// <param name="Rule">What a value must be.</param>
/// <param name="Reason">Why it exists and why the default is what it is.</param>
internal sealed record SettingDefinition(string Name, string? Default, SettingRule Rule, string Reason)
{
    /// <summary>True when its value must not be shown.</summary>
    public bool Secret => Name == SettingsCatalog.ContextSecret;

    /// <summary>True when the name holds a part of the user's own.</summary>
    public bool Open => Name.Contains('*', StringComparison.Ordinal);
}

/// <summary>Every setting, in the order in which people read them. docs/configuration.md says the same; a test compares.</summary>
internal static class SettingsCatalog
{
    public const string ContextSecret = "Cluster:ContextSecret";
    public const string MembersPrefix = "Cluster:Members:";
    public const string BucketsPrefix = "Buckets:";

    public static IReadOnlyList<SettingDefinition> All { get; } =
    [
        new("Cluster:Name", "akkakv", SettingRule.Name, "Nodes of differently named clusters refuse each other."),
        new("Cluster:Partitions", "256", SettingRule.PowerOfTwo(65_536), "Q: parts of the hash space, fixed for the cluster's life; 256 balances up to about 30 nodes."),
        new("Cluster:N", "3", SettingRule.Whole(1, 15), "Replicas of each key."),
        new("Cluster:R", "2", SettingRule.Whole(1, 15), "Replies a read waits for; R + W > N makes reads meet writes."),
        new("Cluster:W", "2", SettingRule.Whole(1, 15), "Acknowledgements a write waits for."),
        new(ContextSecret, null, SettingRule.Secret, "Seals the context tokens; the same on every member. Set it where clients are not trusted."),
        new("Cluster:Members:*:Name", null, SettingRule.Name, "A member's name, unique in the cluster."),
        new("Cluster:Members:*:Endpoint", null, SettingRule.HostPort, "Where the other nodes reach it."),
        new("Cluster:Members:*:Http", null, SettingRule.HttpUrl, "Where clients reach it."),
        new("Cluster:Members:*:Zone", "", SettingRule.Zone, "Its failure zone: replicas go to distinct zones first."),
        new("Cluster:Members:*:Weight", "1", SettingRule.Weight, "Its share of the data relative to the others."),
        new("Node:Name", null, SettingRule.Name, "Which member this process is; without it a local cluster is started."),
        new("Node:DataDirectory", null, SettingRule.Text, "The node's own directory; by default data/<node name> below the current directory (for a local cluster: data)."),
        new("Node:Loops", "0", SettingRule.Whole(0, 256), "Event loops; 0 takes one for each core; the nodes of a local cluster share the cores."),
        new("Node:HttpListen", null, SettingRule.AddressPort, "Where HTTP listens; by default the address of the member's own Http, so loopback stays loopback."),
        new("Node:PeerListen", null, SettingRule.AddressPort, "Where the peer protocol listens; by default the address of the member's own Endpoint."),
        new("Node:Bootstrap", "false", SettingRule.OneOf("true", "false"), "Founds a new cluster of this one node; refused where the data directory holds anything already."),
        new("Node:Join", null, SettingRule.HttpUrls, "Nodes of a running cluster that this one asks to be taken in, in turn; without effect once its data directory holds that cluster's configuration."),
        new("Node:LeaveOnStop", "false", SettingRule.OneOf("true", "false"), "On SIGTERM the node leaves the cluster for good, its data handed over, before it ends."),
        new("Node:Host", "native", SettingRule.OneOf("native", "akka"), "What runs the node's actors: its own event loops, or an Akka.NET actor system in its cluster. The same on every member; akka only where it was built in."),
        new("Store:Kind", "log", SettingRule.OneOf("log", "memory"), "log keeps values on disk; memory forgets them with the process."),
        new("Store:Durability", "always", SettingRule.OneOf("always", "interval", "none"), "always: acknowledged means synced. interval and none lose the last writes of a node that loses power."),
        new("Store:SyncIntervalMillis", "100", SettingRule.Whole(1, 60_000), "How often durability interval syncs."),
        new("Store:SegmentBytes", "67108864", SettingRule.Whole(1 << 20, 1 << 30), "Bytes of one file of the log; at least twice Limits:ValueBytesMax."),
        new("Limits:KeyBytesMax", "1024", SettingRule.Whole(1, 1024), "The largest key."),
        new("Limits:ValueBytesMax", "1048576", SettingRule.Whole(1, 16 << 20), "The largest value."),
        new("Limits:SiblingsWarn", "25", SettingRule.Whole(1, 10_000), "From this many concurrent values a key is logged."),
        new("Limits:SiblingsMax", "100", SettingRule.Whole(1, 10_000), "Past this many, writes without a resolving context are refused."),
        new("Limits:RequestTimeoutMillis", "2000", SettingRule.Whole(1, 60_000), "A request's deadline where it names none."),
        new("Limits:RequestsInFlightMax", "1024", SettingRule.Whole(1, 1_000_000), "Requests worked on at once; past it the answer is 429."),
        new("Limits:RequestBytesInFlightMax", "67108864", SettingRule.Whole(1, 1L << 40), "Bytes of request bodies held at once; past it the answer is 429."),
        new("Limits:ConnectionsMax", "1024", SettingRule.Whole(1, 1_000_000), "Open HTTP connections; stay well below the process's file descriptors."),
        new("Limits:RequestsPerLoopMax", "131072", SettingRule.Whole(1, 10_000_000), "Requests that one event loop has under way, those included that only wait for a silent owner; past it the answer is 429."),
        new("Gossip:IntervalMillis", "1000", SettingRule.Whole(100, 10_000), "Between two heartbeats; a second finds a dead member in about five, for a few packets. The same on every member."),
        new("Gossip:PhiThreshold", "8", SettingRule.Number(1, 100), "A silent member is suspected from here on: 8 means a chance of 10⁻⁸ that it lives. Lower finds deaths sooner and errs more."),
        new("Gossip:AcceptablePauseMillis", "3000", SettingRule.Whole(0, 300_000), "How much longer than usual a member may be silent without suspicion; raise it where machines stall."),
        new("Hints:BytesMax", "1073741824", SettingRule.Whole(1 << 20, 1L << 40), "Bytes of all hints on this node, cut evenly among the partitions; past it hints are refused and anti-entropy does their work."),
        new("Hints:LifetimeSeconds", "0", SettingRule.Whole(0, 2_592_000), "How long a hint waits for its target, less than Tombstones:GraceSeconds; 0 is until it is delivered."),
        new("AntiEntropy:IntervalSeconds", "600", SettingRule.Whole(1, 2_592_000), "Each partition is compared with each of its other owners about once in this time."),
        new("AntiEntropy:Window", null, SettingRule.Window, "The part of each day, in UTC, in which replicas are compared on schedule; unset is always. A repair on command does not wait for it."),
        new("Tombstones:GraceSeconds", "86400", SettingRule.Whole(1, 31_536_000), "How long all members must have agreed that a key is dead before it is forgotten; at least 300."),
        new("Tombstones:SweepIntervalSeconds", "3600", SettingRule.Whole(1, 2_592_000), "How often a partition is looked through for dead keys."),
        new("Tombstones:AllowShortGrace", "false", SettingRule.OneOf("true", "false"), "Takes a grace below 300 s, for experiments: there a late message may bring back what was deleted."),
        new("Buckets:*:N", null, SettingRule.Whole(1, 15), "A bucket's own N."),
        new("Buckets:*:R", null, SettingRule.Whole(1, 15), "A bucket's own R."),
        new("Buckets:*:W", null, SettingRule.Whole(1, 15), "A bucket's own W."),
        new("Metrics:OtlpEndpoint", null, SettingRule.CollectorUrl, "An OpenTelemetry collector that gets the metrics as http/protobuf; else the variable OTEL_EXPORTER_OTLP_ENDPOINT; unset sends nothing."),
        new("Metrics:OtlpIntervalMillis", "60000", SettingRule.Whole(100, 3_600_000), "Between two exports to it."),
        .. IdSettings.All,
        .. AkkaSettings.All,
        new("Log:Level", "Information", SettingRule.OneOf("Trace", "Debug", "Information", "Warning", "Error", "None"), "The lowest level that is logged."),
    ];

    /// <summary>The setting that a name belongs to, whatever its letters' case; and the name as it is written here.</summary>
    public static (SettingDefinition Definition, string Name)? Find(string name)
    {
        var parts = name.Split(':');
        foreach (var definition in All)
        {
            if (Match(definition.Name.Split(':'), parts) is { } canonical)
                return (definition, canonical);
        }

        return null;
    }

    private static string? Match(string[] pattern, string[] parts)
    {
        if (pattern.Length != parts.Length)
            return null;
        var canonical = (string[])pattern.Clone();
        for (var index = 0; index < parts.Length; index++)
        {
            if (pattern[index] == "*" && parts[index].Length > 0)
                canonical[index] = parts[index];
            else if (!pattern[index].Equals(parts[index], StringComparison.OrdinalIgnoreCase))
                return null;
        }

        return string.Join(':', canonical);
    }
}
