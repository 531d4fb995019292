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
    // What a node's own journal begins with: by it the database is known as the one that was meant.
    private const string HomePart = "home";

    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(30);

    private string Directory => settings.Node.DataDirectory;

    private string Kind => settings.Akka.Hints.ToString().ToLowerInvariant();

    /// <summary>Before the store is opened: hints that are to be in the log must not be anywhere else.</summary>
    /// <exception cref="AkkaKvConfigurationException">There are some, or nobody knows.</exception>
    public async Task LeaveDatabaseAsync()
    {
        if (settings.Akka.Hints != HintKeeping.Log || settings.Store.Kind == StoreKind.Memory || HintHome.ReadFrom(Directory) is not { } home)
            return;
        string[] parts = [.. Enumerable.Range(0, home.Partitions).Select(HintJournal.PartOf)];
        int left = await AskAsync(PlanOf(home.Owner), parts, first: null, home.Kind);
        if (left > 0)
            throw new AkkaKvConfigurationException([$"Akka:Hints=log must leave no hint behind; {left} keys are kept by {home.Kind} for other nodes. Start with Akka:Hints={home.Kind} until `akkakv hints` shows none of this node."]);
        HintHome.RemoveFrom(Directory);
    }

    /// <summary>When the store is open: makes the database the home of its hints, if the settings say so.</summary>
    /// <returns>Null where the hints are in the log.</returns>
    /// <exception cref="AkkaKvConfigurationException">They are somewhere else.</exception>
    public async Task<HintJournalPlan?> UseDatabaseAsync(NodeStore store)
    {
        if (settings.Akka.Hints == HintKeeping.Log)
            return null;
        if (store.Store.Status.HintKeys is > 0 and var inLog)
            throw new AkkaKvConfigurationException([$"Akka:Hints={Kind} must leave no hint behind; {inLog} keys are kept in the log of {Directory}. Start with Akka:Hints=log until `akkakv hints` shows none of this node."]);

        // Another voter is a store that may have forgotten: what it kept before is not its own any more.
        HintHome? known = HintHome.ReadFrom(Directory);
        var home = new HintHome(Kind, $"akkakv-hints-{store.Identity.VoterId:x16}", store.Partitions);
        if (known is not null && known.Kind != home.Kind)
            throw new AkkaKvConfigurationException([$"Akka:Hints={Kind} must leave no hint behind; {Directory} says that they are kept by {known.Kind}. Start with Akka:Hints={known.Kind} until `akkakv hints` shows none of this node, then once with Akka:Hints=log."]);
        HintJournalPlan plan = PlanOf(home.Owner);
        if (known == home)
            await RequireSameAsync(plan);
        else
            await BeginAsync(plan, home);
        return plan;
    }

    private static HintJournalPlan PlanOf(string owner) =>
        new(SqlPlugins.JournalId(HintsHocon.PluginName), SqlPlugins.SnapshotId(HintsHocon.PluginName), owner);

    // First there, then here: a directory that names a database was in it.
    private async Task BeginAsync(HintJournalPlan plan, HintHome home)
    {
        byte[] first = HintEvents.Encode([new HintEdit(StoreKey.Of("akkakv", "home"u8), new byte[] { 1 })]);
        await AskAsync(plan, [HomePart], first, home.Kind);
        home.WriteTo(Directory);
    }

    // A database that is away must not keep a node from serving: the keepers ask until it is back.
    private async Task RequireSameAsync(HintJournalPlan plan)
    {
        try
        {
            if (await HintDatabase.AskAsync(system, plan, [HomePart], first: null, Timeout) == 0)
                throw new AkkaKvConfigurationException([$"Akka:HintDatabase must be the one that holds the hints of {Directory}; found one that has never seen this node. Correct it, or bring that database back."]);
        }
        catch (HintDatabaseException away)
        {
            log(new NodeEvent(NodeEventLevel.Warning, $"The hints' database cannot be asked at the start: {away.Message} The node starts without it, and keeps no hints until it answers."));
        }
    }

    private async Task<int> AskAsync(HintJournalPlan plan, IReadOnlyList<string> parts, byte[]? first, string kind)
    {
        try
        {
            return await HintDatabase.AskAsync(system, plan, parts, first, Timeout);
        }
        catch (HintDatabaseException away)
        {
            throw new AkkaKvConfigurationException([$"The hints' database ({kind}) must be at hand at the first start with Akka:Hints={Kind}: {away.Message} See to it, or correct Akka:HintDatabase."]);
        }
    }
}
