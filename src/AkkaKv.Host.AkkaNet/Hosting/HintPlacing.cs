using Akka.Actor;
using AkkaKv.Core.Kernel;
using AkkaKv.Host.AkkaNet.Hints;
using AkkaKv.Host.Settings;
using AkkaKv.Host.Stores;

namespace AkkaKv.Host.AkkaNet.Hosting;

/// <summary>
/// Sees to it that a node's hints are in one place: in its log or in a database. They are never moved; whoever chooses the
/// other place waits until none is left in this one.
/// </summary>
internal sealed class HintPlacing(ActorSystem system, NodeSettings settings, Action<NodeEvent> log)
{
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(30);

    // All journals of all partitions are read.
    private static readonly TimeSpan LeaveTimeout = TimeSpan.FromMinutes(5);

    private string Directory => settings.Node.DataDirectory;

    private string Kind => settings.Akka.Hints.ToString().ToLowerInvariant();

    /// <summary>When the store is open, so that no other process has the directory.</summary>
    /// <returns>Where Akka.Persistence keeps the hints; null where they are in the log.</returns>
    /// <exception cref="AkkaKvConfigurationException">There are some in the other place, or nobody knows.</exception>
    public Task<HintJournalPlan?> PlaceAsync(NodeStore store) => settings.Akka.Hints == HintKeeping.Log ? LeaveDatabaseAsync() : UseDatabaseAsync(store);

    private async Task<HintJournalPlan?> LeaveDatabaseAsync()
    {
        if (settings.Store.Kind == StoreKind.Memory || HintHome.ReadFrom(Directory) is not { } home)
            return null;
        if (settings.Akka.HintDatabase is null && Enum.TryParse(home.Kind, ignoreCase: true, out HintKeeping kind) && kind == HintKeeping.PostgreSql)
            throw new AkkaKvConfigurationException([$"Akka:Hints=log must leave no hint behind, and Akka:HintDatabase say how to reach those that {home.Kind} keeps; found nothing. Set it as it was before."]);
        HintJournalPlan plan = PlanOf(home.Owner);
        string[] parts = [.. Enumerable.Range(0, home.Partitions).Select(HintJournal.PartOf)];
        int left;
        try
        {
            await RequireSameAsync(plan);
            left = await HintDatabase.AskAsync(system, plan, parts, first: null, LeaveTimeout);
        }
        catch (HintDatabaseException away)
        {
            throw new AkkaKvConfigurationException([$"Akka:Hints=log must leave no hint behind; nobody knows what {home.Kind} keeps for other nodes: {away.Message} See to the database, or start with Akka:Hints={home.Kind}."]);
        }

        if (left > 0)
            throw new AkkaKvConfigurationException([$"Akka:Hints=log must leave no hint behind; {left} keys are kept by {home.Kind} for other nodes. Start with Akka:Hints={home.Kind} until `akkakv hints` shows none of this node."]);
        HintHome.RemoveFrom(Directory);
        return null;
    }

    private async Task<HintJournalPlan?> UseDatabaseAsync(NodeStore store)
    {
        if (store.Store.Status.HintKeys is > 0 and var inLog)
            throw new AkkaKvConfigurationException([$"Akka:Hints={Kind} must leave no hint behind; {inLog} keys are kept in the log of {Directory}. Start with Akka:Hints=log until `akkakv hints` shows none of this node."]);

        // Another voter is a store that may have forgotten: what it kept before is not its own any more.
        HintHome? known = HintHome.ReadFrom(Directory);
        var home = new HintHome(Kind, $"akkakv-hints-{store.Identity.VoterId:x16}", store.Partitions);
        if (known is not null && known.Kind != home.Kind)
            throw new AkkaKvConfigurationException([$"Akka:Hints={Kind} must leave no hint behind; {Directory} says that they are kept by {known.Kind}. Start with Akka:Hints={known.Kind} until `akkakv hints` shows none of this node, then once with Akka:Hints=log and the database as it is."]);
        if (known is not null && known.Owner == home.Owner && known != home)
            throw new AkkaKvConfigurationException([$"A node's hints are kept for the partitions of its cluster; {Directory} says {known.Partitions} of them, and the cluster has {home.Partitions}. Replace the node with an empty directory."]);
        HintJournalPlan plan = PlanOf(home.Owner);
        if (known != home)
        {
            await BeginAsync(plan, home);
            return plan;
        }

        try
        {
            await RequireSameAsync(plan);
            return plan;
        }
        catch (HintDatabaseException away)
        {
            // A database that is away must not keep a node from serving: it is asked until it is back.
            log(new NodeEvent(NodeEventLevel.Warning, $"The hints' database cannot be asked at the start: {away.Message} The node starts without it, and keeps no hints until it answers."));
            return plan with { IsProven = false };
        }
    }

    internal static HintJournalPlan PlanOf(string owner) =>
        new(SqlPlugins.JournalId(HintsHocon.PluginName), SqlPlugins.SnapshotId(HintsHocon.PluginName), owner);

    // First there, then here: a directory that names a database was in it.
    private async Task BeginAsync(HintJournalPlan plan, HintHome home)
    {
        byte[] first = HintEvents.Encode([new HintEdit(StoreKey.Of("akkakv", "home"u8), new byte[] { 1 })]);
        try
        {
            await HintDatabase.AskAsync(system, plan, [HintJournal.HomePart], first, Timeout);
        }
        catch (HintDatabaseException away)
        {
            throw new AkkaKvConfigurationException([$"The hints' database ({home.Kind}) must be at hand at the first start with Akka:Hints={Kind}: {away.Message} See to it, or correct Akka:HintDatabase."]);
        }

        home.WriteTo(Directory);
    }

    private async Task RequireSameAsync(HintJournalPlan plan)
    {
        if (await HintDatabase.AskAsync(system, plan, [HintJournal.HomePart], first: null, Timeout) == 0)
            throw new AkkaKvConfigurationException([HintDatabase.NotTheOne]);
    }
}
