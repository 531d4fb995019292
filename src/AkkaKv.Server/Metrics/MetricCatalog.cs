namespace AkkaKv.Server.Metrics;

/// <summary>One figure that is counted or shown, and what it means.</summary>
/// <param name="Source">Its name in the node's report.</param>
/// <param name="Name">Its name as a metric, after "akkakv.".</param>
/// <param name="Meaning">For the person who looks at it.</param>
internal sealed record MetricText(string Source, string Name, string Meaning);

/// <summary>What every counter of the node and every figure of its store is called and means. docs/operations.md says the same.</summary>
internal static class MetricCatalog
{
    /// <summary>Events since the node started.</summary>
    public static IReadOnlyList<MetricText> Counters { get; } =
    [
        Counter("read_repairs", "Replicas that were sent a merge because a read saw them behind."),
        Counter("quorum_failures", "Reads and writes that did not gather their quorum in time."),
        Counter("shortages", "Requests refused because too few replicas were reachable."),
        Counter("shed_requests", "Requests refused at once because too much was under way."),
        Counter("speculative_reads", "Replicas and fallbacks that were asked because another was late."),
        Counter("speculative_hints", "Hints sent because an owner was late, not because it was known to be down."),
        Counter("conflicting_writes", "Writes that left concurrent values beside their own."),
        Counter("siblings_discarded", "Values that a last-write-wins write replaced without its writer having seen them."),
        Counter("hints_stored", "Hints made durable on this node."),
        Counter("hints_delivered", "Hints that their target has acknowledged."),
        Counter("hints_dropped", "Hints refused because the bound on bytes was reached."),
        Counter("hints_expired", "Hints given up because of their age."),
        Counter("gossip_sent", "Gossip messages sent."),
        Counter("exchanges_done", "Comparisons of a partition with a peer that came to an end."),
        Counter("exchanges_failed", "Comparisons that were given up; they are tried again."),
        Counter("exchange_keys_moved", "Objects that anti-entropy moved, in either direction."),
        Counter("exchange_bytes_moved", "Bytes of those objects."),
        Counter("tombstones_reaped", "Deleted and expired keys that were forgotten for good."),
        Counter("transfer_keys", "Objects that were fetched because this node is to own them."),
        Counter("transfer_bytes", "Bytes of those objects."),
        Counter("transfer_batches", "Batches in which they came."),
        Counter("keys_cleared", "Keys removed because this node owns them no longer."),
        Counter("ids_issued", "Unique ids given: Snowflake ids, tickets and increments."),
        Counter("ids_refused", "Questions for ids that were refused."),
    ];

    /// <summary>Present figures of the store.</summary>
    public static IReadOnlyList<MetricText> StoreFacts { get; } =
    [
        new("keys", "store_keys", "Keys in the store, deleted ones that are not yet forgotten included."),
        new("liveBytes", "store_live_bytes", "Bytes of the records that those keys need."),
        new("hintKeys", "store_hint_keys", "Hints in the store."),
        new("hintLiveBytes", "store_hint_live_bytes", "Bytes of the records that those hints need."),
        new("indexBytes", "store_index_bytes", "Memory of the index."),
        new("segments", "store_segments", "Files of the log."),
    ];

    /// <summary>Events in the store since it was opened.</summary>
    public static IReadOnlyList<MetricText> StoreCounters { get; } =
    [
        new("commits", "store_commits", "Groups of records written together."),
        new("syncs", "store_syncs", "Times that the disk was asked to make them durable."),
    ];

    private static MetricText Counter(string name, string meaning) => new(name, name, meaning);
}
