using System.Globalization;
using System.Net;
using Microsoft.Extensions.Logging;

namespace AkkaKv.Host.Settings;

/// <summary>Makes the typed options out of settings that are right one by one, and checks what must fit together.</summary>
internal sealed class OptionsBuilder
{
    private readonly IReadOnlyDictionary<string, SettingValue> values;
    private readonly List<string> errors;
    private readonly bool isEmbedded;

    private OptionsBuilder(IReadOnlyDictionary<string, SettingValue> values, List<string> errors, bool isEmbedded)
    {
        this.values = values;
        this.errors = errors;
        this.isEmbedded = isEmbedded;
    }

    /// <summary>Makes the options; what does not fit is added to the errors.</summary>
    /// <param name="isEmbedded">The node listens nowhere itself: its host's program does.</param>
    public static NodeSettings Build(IReadOnlyDictionary<string, SettingValue> values, List<string> errors, bool isEmbedded) =>
        new OptionsBuilder(values, errors, isEmbedded).Build();

    private NodeSettings Build()
    {
        var cluster = new ClusterOptions
        {
            Name = values["Cluster:Name"].Text,
            Partitions = Number("Cluster:Partitions"),
            N = Number("Cluster:N"),
            R = Number("Cluster:R"),
            W = Number("Cluster:W"),
            ContextSecret = Optional(SettingsCatalog.ContextSecret),
            Members = Members(),
        };
        var options = new NodeSettings
        {
            Cluster = cluster,
            Node = Node(cluster.Members),
            Store = Store(),
            Limits = Limits(),
            Upkeep = Upkeep(),
            Metrics = new MetricsOptions { OtlpEndpoint = Optional("Metrics:OtlpEndpoint") is { } url ? new Uri(url) : null, OtlpInterval = Millis("Metrics:OtlpIntervalMillis") },
            Ids = IdSettings.Of(values),
            Akka = AkkaSettings.Of(values),
            Buckets = Buckets(),
            LogLevel = Enum.Parse<LogLevel>(values["Log:Level"].Text, ignoreCase: true),
        };
        errors.AddRange(OptionsChecks.Of(options));
        errors.AddRange(IdSettings.Faults(options.Ids, values));
        return options;
    }

    private List<MemberOptions> Members()
    {
        var members = new List<MemberOptions>();
        foreach (var (index, parts) in Groups(SettingsCatalog.MembersPrefix).OrderBy(group => group.Key.Length).ThenBy(group => group.Key, StringComparer.Ordinal))
        {
            if (!parts.TryGetValue("Name", out var name) || !parts.TryGetValue("Endpoint", out var endpoint))
            {
                errors.Add($"{SettingsCatalog.MembersPrefix}{index} must have a Name and an Endpoint; found {string.Join(", ", parts.Keys)} ({parts.Values.First().Origin}).");
                continue;
            }

            members.Add(new MemberOptions
            {
                Name = name.Text,
                Endpoint = endpoint.Text,
                Http = parts.GetValueOrDefault("Http")?.Text,
                Zone = parts.GetValueOrDefault("Zone")?.Text ?? "",
                Weight = double.Parse(parts.GetValueOrDefault("Weight")?.Text ?? "1", CultureInfo.InvariantCulture),
            });
        }

        return members;
    }

    private LocalNodeOptions Node(IReadOnlyList<MemberOptions> members)
    {
        var name = Optional("Node:Name");
        var self = members.FirstOrDefault(member => member.Name == name);
        return new LocalNodeOptions
        {
            Name = name,
            DataDirectory = Path.GetFullPath(Optional("Node:DataDirectory") ?? (name is null ? "data" : Path.Combine("data", name))),
            Loops = Number("Node:Loops"),
            Host = Enum.Parse<NodeHostKind>(values["Node:Host"].Text, ignoreCase: true),
            Bootstrap = bool.Parse(values["Node:Bootstrap"].Text),
            Join = Optional("Node:Join") is { } urls ? [.. SettingRule.AsUrls(urls).OfType<Uri>()] : [],
            LeaveOnStop = bool.Parse(values["Node:LeaveOnStop"].Text),
            HttpListen = self is null || isEmbedded ? null : Listen("Node:HttpListen", HostPort(self.Http), self.Http, $"the Http of member {name}"),
            PeerListen = self is null || isEmbedded ? null : Listen("Node:PeerListen", SettingRule.Split(self.Endpoint), self.Endpoint, $"the Endpoint of member {name}"),
        };
    }

    private IPEndPoint? Listen(string setting, (string Host, int Port)? own, string? ownText, string ownName)
    {
        if (Optional(setting) is { } explicitly)
            return IPEndPoint.Parse(explicitly);
        if (own is not { } place)
        {
            errors.Add($"{ownName} must be set, or {setting}: this node would not know where to listen.");
            return null;
        }

        if (string.Equals(place.Host, "localhost", StringComparison.OrdinalIgnoreCase))
            return new IPEndPoint(IPAddress.Loopback, place.Port);
        if (IPAddress.TryParse(place.Host, out var address))
            return new IPEndPoint(address, place.Port);
        errors.Add($"{ownName} is {ownText}, a name and not an address: say with {setting} which address to listen on, as in 0.0.0.0:{place.Port}.");
        return null;
    }

    private StoreSettings Store() => new()
    {
        Kind = Enum.Parse<StoreKind>(values["Store:Kind"].Text, ignoreCase: true),
        Durability = Enum.Parse<StoreDurability>(values["Store:Durability"].Text, ignoreCase: true),
        SyncIntervalMillis = Number("Store:SyncIntervalMillis"),
        SegmentBytes = Number("Store:SegmentBytes"),
    };

    private LimitsOptions Limits() => new()
    {
        KeyBytesMax = Number("Limits:KeyBytesMax"),
        ValueBytesMax = Number("Limits:ValueBytesMax"),
        SiblingsWarn = Number("Limits:SiblingsWarn"),
        SiblingsMax = Number("Limits:SiblingsMax"),
        RequestTimeoutMillis = Number("Limits:RequestTimeoutMillis"),
        RequestsInFlightMax = Number("Limits:RequestsInFlightMax"),
        RequestBytesInFlightMax = Long("Limits:RequestBytesInFlightMax"),
        ConnectionsMax = Number("Limits:ConnectionsMax"),
        RequestsPerLoopMax = Number("Limits:RequestsPerLoopMax"),
    };

    private UpkeepOptions Upkeep() => new()
    {
        GossipInterval = Millis("Gossip:IntervalMillis"),
        PhiThreshold = double.Parse(values["Gossip:PhiThreshold"].Text, CultureInfo.InvariantCulture),
        AcceptablePause = Millis("Gossip:AcceptablePauseMillis"),
        HintBytesMax = Long("Hints:BytesMax"),
        HintLifetime = Seconds("Hints:LifetimeSeconds") is { Ticks: > 0 } lifetime ? lifetime : null,
        AntiEntropyInterval = Seconds("AntiEntropy:IntervalSeconds"),
        AntiEntropyWindow = Optional("AntiEntropy:Window") is { } window ? SettingRule.AsWindow(window) : null,
        TombstoneGrace = Seconds("Tombstones:GraceSeconds"),
        TombstoneSweepInterval = Seconds("Tombstones:SweepIntervalSeconds"),
        AllowShortGrace = bool.Parse(values["Tombstones:AllowShortGrace"].Text),
    };

    private Dictionary<string, BucketOptions> Buckets()
    {
        var buckets = new Dictionary<string, BucketOptions>(StringComparer.Ordinal);
        foreach (var (bucket, parts) in Groups(SettingsCatalog.BucketsPrefix))
            buckets[bucket] = new BucketOptions(Part(parts, "N"), Part(parts, "R"), Part(parts, "W"));
        return buckets;
    }

    private Dictionary<string, Dictionary<string, SettingValue>> Groups(string prefix)
    {
        var groups = new Dictionary<string, Dictionary<string, SettingValue>>(StringComparer.Ordinal);
        foreach (var value in values.Values.Where(value => value.Name.StartsWith(prefix, StringComparison.Ordinal)))
        {
            var parts = value.Name[prefix.Length..].Split(':');
            if (!groups.TryGetValue(parts[0], out var group))
                groups[parts[0]] = group = new Dictionary<string, SettingValue>(StringComparer.Ordinal);
            group[parts[1]] = value;
        }

        return groups;
    }

    private static int? Part(Dictionary<string, SettingValue> parts, string name) =>
        parts.TryGetValue(name, out var value) ? int.Parse(value.Text, CultureInfo.InvariantCulture) : null;

    private static (string Host, int Port)? HostPort(string? url) =>
        url is not null && SettingRule.AsUrl(url) is { } parsed ? (parsed.Host.Trim('[', ']'), parsed.Port) : null;

    private int Number(string name) => int.Parse(values[name].Text, CultureInfo.InvariantCulture);

    private long Long(string name) => long.Parse(values[name].Text, CultureInfo.InvariantCulture);

    private TimeSpan Millis(string name) => TimeSpan.FromMilliseconds(Number(name));

    private TimeSpan Seconds(string name) => TimeSpan.FromSeconds(Number(name));

    private string? Optional(string name) => values.TryGetValue(name, out var value) ? value.Text : null;
}
