using System.Globalization;
using AkkaKv.Core.Ids;
using AkkaKv.Core.Kernel;

namespace AkkaKv.Host.Settings;

/// <summary>The settings of unique ids: their definitions, what they make, and what they must be to each other.</summary>
internal static class IdSettings
{
    public static IReadOnlyList<SettingDefinition> All { get; } =
    [
        new("Ids:Worker", null, SettingRule.Whole(0, (1 << 20) - 1), "This node's worker number (datacenter and machine as one), assigned by hand, for ever: no two nodes may have the same. Unset takes one that the cluster leases to it."),
        new("Ids:LeaseMinutes", "1440", SettingRule.Whole(1, 43_200), "How long the cluster leases a worker number, renewed when half of it is over; so long a number rests after its holder. The same on every node."),
        new("Ids:EpochMillis", "1767225600000", SettingRule.Whole(0, 7_258_118_400_000), "The time of a Snowflake id counts from here, in milliseconds since 1970; fixed for the cluster's life. The default is 2026-01-01."),
        new("Ids:TimeBits", "41", SettingRule.Whole(32, 62), "Bits of milliseconds: 41 are 69.7 years. With the three below they sum to 63; fixed for the cluster's life."),
        new("Ids:DatacenterBits", "5", SettingRule.Whole(0, 20), "Bits of the datacenter."),
        new("Ids:MachineBits", "5", SettingRule.Whole(0, 20), "Bits of the machine."),
        new("Ids:SequenceBits", "12", SettingRule.Whole(1, 22), "Bits of the sequence within a millisecond: 12 are 4,096,000 ids a second from each node."),
        new("Ids:SequenceStart", "0", SettingRule.Whole(0, (1 << 22) - 1), "The first sequence of each millisecond; what lies below is not used."),
        new("Ids:RollbackWaitMillis", "50", SettingRule.Whole(0, 10_000), "A clock that went back by at most so much is waited for; a larger step is an error until the clock has caught up."),
        new("Ids:MarkAheadMillis", "3000", SettingRule.Whole(10, 600_000), "How far the durable mark lies ahead of the clock; so long a node that restarts at once makes no Snowflake ids."),
        new("Ids:TicketPrimary", null, SettingRule.Name, "The node that hands out tickets; the same on every node."),
        new("Ids:TicketStandby", null, SettingRule.Name, "A second one: then the first gives odd and this one even numbers; the same on every node."),
        new("Ids:TicketsFrom", "1", SettingRule.Whole(1, 1L << 62), "The first ticket; beyond all that were given when a standby comes or goes."),
        new("Ids:IncrementNodes", "0", SettingRule.Whole(0, 65_536), "n of the multi-master increment: how many nodes share the numbers, the same on every node; 0 makes none."),
        new("Ids:IncrementIndex", "0", SettingRule.Whole(0, 65_535), "Which of the n this node is, from 0; another on each."),
        new("Ids:IncrementFrom", "1", SettingRule.Whole(1, 1L << 62), "The first number; beyond all that any node has given when n changes."),
    ];

    private static readonly string[] TicketSettings = ["Ids:TicketPrimary", "Ids:TicketStandby"];

    /// <summary>The options of settings that are right one by one.</summary>
    public static IdOptions Of(IReadOnlyDictionary<string, SettingValue> values)
    {
        string[] tickets = [.. TicketSettings.Where(values.ContainsKey).Select(name => values[name].Text)];
        return new IdOptions
        {
            Worker = values.TryGetValue("Ids:Worker", out SettingValue? worker) ? int.Parse(worker.Text, CultureInfo.InvariantCulture) : null,
            Layout = new SnowflakeLayout
            {
                TimeBits = Number("Ids:TimeBits"),
                DatacenterBits = Number("Ids:DatacenterBits"),
                MachineBits = Number("Ids:MachineBits"),
                SequenceBits = Number("Ids:SequenceBits"),
                EpochUnixMillis = Long("Ids:EpochMillis"),
            },
            Lease = TimeSpan.FromMinutes(Number("Ids:LeaseMinutes")),
            SequenceStart = Number("Ids:SequenceStart"),
            RollbackWaitMillisMax = Number("Ids:RollbackWaitMillis"),
            MarkAheadMillis = Number("Ids:MarkAheadMillis"),
            TicketNodes = [.. tickets.Select(name => new NodeId(name))],
            TicketsFrom = Long("Ids:TicketsFrom"),
            IncrementNodes = Number("Ids:IncrementNodes"),
            IncrementIndex = Number("Ids:IncrementIndex"),
            IncrementFrom = Long("Ids:IncrementFrom"),
        };

        int Number(string name) => int.Parse(values[name].Text, CultureInfo.InvariantCulture);

        long Long(string name) => long.Parse(values[name].Text, CultureInfo.InvariantCulture);
    }

    /// <summary>What must fit together and does not.</summary>
    public static IEnumerable<string> Faults(IdOptions ids, IReadOnlyDictionary<string, SettingValue> values)
    {
        foreach (string fault in ids.Layout.Faults())
            yield return "Ids: " + fault;
        if (ids.Worker > ids.Layout.WorkerMax)
            yield return $"Ids:Worker must be at most {ids.Layout.WorkerMax}, the largest of Ids:DatacenterBits and Ids:MachineBits together; found {ids.Worker}. Choose a free number below.";
        if (ids.SequenceStart > ids.Layout.SequenceMax)
            yield return $"Ids:SequenceStart must be at most {ids.Layout.SequenceMax}, the largest of Ids:SequenceBits; found {ids.SequenceStart}. Lower it.";
        if (ids.IncrementNodes > 0 && ids.IncrementIndex >= ids.IncrementNodes)
            yield return $"Ids:IncrementIndex must be less than Ids:IncrementNodes; found {ids.IncrementIndex} and {ids.IncrementNodes}. Number the nodes from 0.";
        if (values.ContainsKey("Ids:TicketStandby") && !values.ContainsKey("Ids:TicketPrimary"))
            yield return $"Ids:TicketStandby stands by for Ids:TicketPrimary; found {ids.TicketNodes[0]} without one. Name both.";
        if (ids.TicketNodes.Count == 2 && ids.TicketNodes[0] == ids.TicketNodes[1])
            yield return $"Ids:TicketPrimary and Ids:TicketStandby must be two nodes; found {ids.TicketNodes[0]} twice. Name another, or leave the standby out.";
    }

    /// <summary>What can't be the same on all nodes of a local cluster.</summary>
    public static IEnumerable<string> LocalErrors(int nodes, OptionsResult configured) =>
        from setting in configured.Settings
        where nodes > 1 && setting.Name is "Ids:Worker" or "Ids:IncrementIndex" && setting.Origin != SettingOrigin.Default
        select $"{setting.Name} must be another on each node; found {setting.Text} for all {nodes} nodes of a local cluster. Leave it out: each gets its own.";

    /// <summary>For one node of a local cluster: it has everything, each with a number of its own; what was set stays.</summary>
    public static IReadOnlyList<string> LocalFlags(int index, int nodes, OptionsResult configured)
    {
        var flags = new List<string>();
        Add("Ids:TicketPrimary", "node-1");
        if (nodes > 1)
            Add("Ids:TicketStandby", "node-2");
        Add("Ids:IncrementNodes", nodes.ToString(CultureInfo.InvariantCulture));
        Add("Ids:IncrementIndex", index.ToString(CultureInfo.InvariantCulture));
        return flags;

        void Add(string name, string value)
        {
            bool isSet = configured.Settings.Any(setting => setting.Name == name && setting.Origin != SettingOrigin.Default);
            if (!isSet)
                flags.Add($"--{name}={value}");
        }
    }
}
