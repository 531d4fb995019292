using System.Globalization;

namespace AkkaKv.Host.Settings;

/// <summary>What counts on the Akka.NET host alone: the definitions, and what they make.</summary>
public sealed record AkkaSettings
{
    /// <summary>The actor system's name, the same on every member. For a node in another program it is that program's.</summary>
    public required string System { get; init; }

    /// <summary>Members that a new one asks to be let into the Akka cluster, <c>host:port</c>; empty are all that it knows.</summary>
    public IReadOnlyList<string> Seeds { get; init; } = [];

    /// <summary>A new node asks the members of the Akka cluster for the configuration, to be taken in.</summary>
    public required bool Join { get; init; }

    /// <summary>A file of HOCON that wins over the rest; null for none.</summary>
    public string? Hocon { get; init; }

    /// <summary>Coordinators reach the replicas through Cluster Sharding; false sends to the members directly.</summary>
    public required bool Sharding { get; init; }

    /// <summary>Where the shards' coordinator keeps what it has placed.</summary>
    public required ShardStateStore ShardState { get; init; }

    /// <summary>How the database of <see cref="ShardState"/> is reached, as ADO.NET writes it; null is a file in the data directory.</summary>
    public string? ShardDatabase { get; init; }

    /// <summary>What keeps the node's hints.</summary>
    public required HintKeeping Hints { get; init; }

    /// <summary>How the database of <see cref="Hints"/> is reached, as ADO.NET writes it; null is a file in the data directory.</summary>
    public string? HintDatabase { get; init; }

    /// <summary>What Akka's member events do to the topology.</summary>
    public required MemberEventMode MemberEvents { get; init; }

    /// <summary>With <see cref="MemberEventMode.Commit"/>: how long a removed member must have been away before its leave is committed.</summary>
    public required TimeSpan LeaveAfter { get; init; }

    /// <summary>The gateway is registered with the cluster client's receptionist.</summary>
    public required bool ClusterClients { get; init; }

    internal static IReadOnlyList<SettingDefinition> All { get; } =
    [
        new("Akka:System", "akkakv", SettingRule.Name, "The actor system's name, the same on every member; for a node in another program it is that program's."),
        new("Akka:Seeds", null, SettingRule.HostPorts, "Members that a new one asks to be let into the Akka cluster; unset asks all that it knows, those that are listed at first."),
        new("Akka:Join", "false", SettingRule.OneOf("true", "false"), "A new node in another program's actor system asks the members of the Akka cluster for the configuration, and waits to be taken in; without effect once its data directory holds it."),
        new("Akka:Hocon", null, SettingRule.Text, "A file of HOCON that wins over what comes with AkkaKv."),
        new("Akka:Sharding", "true", SettingRule.OneOf("true", "false"), "Coordinators reach the replicas through Cluster Sharding; false sends to the members directly, which is faster."),
        new("Akka:ShardState", "ddata", SettingRule.OneOf("ddata", "sqlite", "postgresql"), "Where the shards' coordinator keeps what it has placed: in the members' memory, or through Akka.Persistence.Sql in a database that all members reach."),
        new("Akka:ShardDatabase", null, SettingRule.Text, "The connection string of that database; unset is a file of SQLite in the data directory, for a cluster of one machine and one node."),
        new("Akka:Hints", "log", SettingRule.OneOf("log", "sqlite", "postgresql"), "What keeps the hints: the node's own log, or Akka.Persistence.Sql in a database; whichever is not named must hold none."),
        new("Akka:HintDatabase", null, SettingRule.Text, "The connection string of the hints' database; unset is a file of SQLite in the data directory. Nodes may share one."),
        new("Akka:MemberEvents", "stage", SettingRule.OneOf("ignore", "stage", "commit"), "What the Akka cluster's members do to the topology: a member up is staged to join, one removed to leave; commit does not wait for an operator."),
        new("Akka:LeaveAfterMillis", "60000", SettingRule.Whole(0, 86_400_000), "With Akka:MemberEvents commit: how long a member that Akka has removed must be away before its leave is committed. A rolling restart must be quicker, or the data of each node moves away and back."),
        new("Akka:ClusterClients", "true", SettingRule.OneOf("true", "false"), "Actor systems outside of the cluster may read and write through the cluster client."),
    ];

    internal static AkkaSettings Of(IReadOnlyDictionary<string, SettingValue> values) => new()
    {
        System = values["Akka:System"].Text,
        Seeds = values.TryGetValue("Akka:Seeds", out SettingValue? seeds) ? seeds.Text.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries) : [],
        Join = bool.Parse(values["Akka:Join"].Text),
        Hocon = values.GetValueOrDefault("Akka:Hocon")?.Text,
        Sharding = bool.Parse(values["Akka:Sharding"].Text),
        ShardState = Enum.Parse<ShardStateStore>(values["Akka:ShardState"].Text, ignoreCase: true),
        ShardDatabase = values.GetValueOrDefault("Akka:ShardDatabase")?.Text,
        Hints = Enum.Parse<HintKeeping>(values["Akka:Hints"].Text, ignoreCase: true),
        HintDatabase = values.GetValueOrDefault("Akka:HintDatabase")?.Text,
        MemberEvents = Enum.Parse<MemberEventMode>(values["Akka:MemberEvents"].Text, ignoreCase: true),
        LeaveAfter = TimeSpan.FromMilliseconds(long.Parse(values["Akka:LeaveAfterMillis"].Text, CultureInfo.InvariantCulture)),
        ClusterClients = bool.Parse(values["Akka:ClusterClients"].Text),
    };
}

/// <summary>What the member events of an Akka cluster do to the topology.</summary>
public enum MemberEventMode
{
    /// <summary>Nothing.</summary>
    Ignore,

    /// <summary>A member up that does not belong is staged to join, one removed is staged to leave: an operator commits.</summary>
    Stage,

    /// <summary>As <see cref="Stage"/>, and committed without an operator.</summary>
    Commit,
}

/// <summary>Where the shards' coordinator keeps what it has placed.</summary>
public enum ShardStateStore
{
    /// <summary>In the members' memory, by Akka.DistributedData.</summary>
    DData,

    /// <summary>Akka.Persistence.Sql on SQLite.</summary>
    Sqlite,

    /// <summary>Akka.Persistence.Sql on PostgreSQL.</summary>
    PostgreSql,
}

/// <summary>What keeps a node's hints.</summary>
public enum HintKeeping
{
    /// <summary>The node's own log, as on every host.</summary>
    Log,

    /// <summary>Akka.Persistence.Sql on SQLite.</summary>
    Sqlite,

    /// <summary>Akka.Persistence.Sql on PostgreSQL.</summary>
    PostgreSql,
}

/// <summary>What runs a node's actors.</summary>
public enum NodeHostKind
{
    Native,
    Akka,
}
