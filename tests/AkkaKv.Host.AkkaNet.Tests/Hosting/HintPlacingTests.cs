using System.Collections.Concurrent;
using Akka.Actor;
using AkkaKv.Core.Kernel;
using AkkaKv.Core.Replica;
using AkkaKv.Host.AkkaNet.Hints;
using AkkaKv.Host.AkkaNet.Hosting;
using AkkaKv.Host.AkkaNet.Tests.Hints;
using AkkaKv.Host.AkkaNet.Tests.Node;
using AkkaKv.Host.AkkaNet.Tests.Support;
using AkkaKv.Host.Settings;
using AkkaKv.Host.Stores;
using AkkaKv.Storage;
using Microsoft.Data.Sqlite;

namespace AkkaKv.Host.AkkaNet.Tests.Hosting;

/// <summary>Where a node's hints are, and that no change of it leaves one behind.</summary>
public sealed class HintPlacingTests : IDisposable
{
    private static readonly (string, string)[] Sqlite = [("Akka:Hints", "sqlite")];

    private readonly string _directory = Directory.CreateTempSubdirectory("akkakv-placing-").FullName;
    private readonly ConcurrentQueue<string> _log = new();

    private string Database => $"Data Source={Path.Combine(_directory, "hints.db")}";

    public void Dispose()
    {
        SqliteConnection.ClearAllPools();
        Directory.Delete(_directory, recursive: true);
    }

    [Fact]
    public async Task A_node_finds_its_database_again_and_takes_no_other()
    {
        await RunAsync(Sqlite);
        HintHome.ReadFrom(_directory).ShouldNotBeNull().Kind.ShouldBe("sqlite");
        File.Exists(Path.Combine(_directory, "hints.db")).ShouldBeTrue();
        await RunAsync(Sqlite);

        (await RefusalAsync([.. Sqlite, ("Akka:HintDatabase", $"Data Source={Path.Combine(_directory, "other.db")}")])).ShouldContain("found one that has never seen this node");
        (await RefusalAsync(("Akka:Hints", "postgresql"), ("Akka:HintDatabase", "Host=nowhere"))).ShouldContain("says that they are kept by sqlite");
    }

    [Fact]
    public async Task Hints_in_the_database_are_not_left_behind()
    {
        await RunAsync(Sqlite);
        HintHome home = HintHome.ReadFrom(_directory).ShouldNotBeNull();
        await KeepAsync(home, new byte[] { 1 });

        (await RefusalAsync()).ShouldContain("1 keys are kept by sqlite for other nodes");
        (await RefusalAsync(("Akka:HintDatabase", $"Data Source={Path.Combine(_directory, "other.db")}"))).ShouldContain("found one that has never seen this node");
        Should.Throw<StoreOpenException>(() => NodeStore.Open(SettingsPlan.Of(OptionsOf().Settings, static _ => { })).Dispose())
            .Message.ShouldContain("Start it on the Akka.NET host with Akka:Hints=sqlite");
        await KeepAsync(home, default);
        await RunAsync();
        HintHome.ReadFrom(_directory).ShouldBeNull();
        await RunAsync(Sqlite);
    }

    [Fact]
    public async Task Hints_in_the_log_are_not_left_behind()
    {
        await RunAsync();
        await InLogAsync(port => new StoreWrite(HintRig.Key(1), new byte[] { 1 }, 1, port, StoreSpace.Hints));
        (await RefusalAsync(Sqlite)).ShouldContain("1 keys are kept in the log of");

        HintHome.ReadFrom(_directory).ShouldBeNull();
        await InLogAsync(port => new StoreRemove(HintRig.Key(1), 1, port, StoreSpace.Hints));
        await RunAsync(Sqlite);
    }

    [Fact]
    public async Task A_database_that_is_away_keeps_a_node_from_its_first_start_only()
    {
        await using var holder = new SqliteConnection(Database + ";Pooling=false");
        await holder.OpenAsync();
        await SqliteHintTests.ExecuteAsync(holder, "BEGIN EXCLUSIVE");
        (await RefusalAsync([.. Sqlite, ("Akka:HintDatabase", Database + ";Default Timeout=1")])).ShouldContain("must be at hand at the first start");
        await SqliteHintTests.ExecuteAsync(holder, "ROLLBACK");
        await RunAsync(Sqlite);

        await SqliteHintTests.ExecuteAsync(holder, "BEGIN EXCLUSIVE");
        await RunAsync([.. Sqlite, ("Akka:HintDatabase", Database + ";Default Timeout=1")]);
        _log.ShouldContain(line => line.Contains("The node starts without it", StringComparison.Ordinal));
        await SqliteHintTests.ExecuteAsync(holder, "ROLLBACK");
    }

    [Fact]
    public void A_database_and_its_kind_must_fit()
    {
        Should.Throw<AkkaKvConfigurationException>(() => OptionsOf(("Akka:Hints", "postgresql"))).Message.ShouldContain("Akka:HintDatabase must say how to reach");
        Should.Throw<AkkaKvConfigurationException>(() => OptionsOf([.. Sqlite, ("Store:Kind", "memory")])).Message.ShouldContain("found Store:Kind memory");
        Should.Throw<AkkaKvConfigurationException>(() => OptionsOf(("Akka:Hints", "oracle"))).Message.ShouldContain("oracle");
        HintsHocon.Of(OptionsOf().Settings).IsEmpty.ShouldBeTrue();
    }

    [Fact]
    public void A_file_that_does_not_say_where_the_hints_are_is_refused()
    {
        new HintHome("sqlite", "akkakv-hints-1", 16).WriteTo(_directory);
        HintHome.ReadFrom(_directory).ShouldBe(new HintHome("sqlite", "akkakv-hints-1", 16));
        foreach (string damaged in new[] { "", "sqlite\n", "sqlite\nx\nmany\n", "\n\n\n" })
        {
            File.WriteAllText(Path.Combine(_directory, HintHome.FileName), damaged);
            Should.Throw<StoreOpenException>(() => HintHome.ReadFrom(_directory)).Message.ShouldContain("must say in three lines");
        }
    }

    [Fact]
    public void Events_are_read_back_and_whatever_is_none_is_refused()
    {
        HintEdit[] edits = [new(HintRig.Key(1), new byte[] { 1, 2 }), new(HintRig.Key(2), default)];
        byte[] bytes = HintEvents.Encode(edits);
        HintEvents.Decode(bytes).Select(edit => (edit.Key, Convert.ToHexString(edit.Object.Span))).ShouldBe([(edits[0].Key, "0102"), (edits[1].Key, "")]);
        for (int length = 0; length < bytes.Length; length++)
            Should.Throw<InvalidDataException>(() => HintEvents.Decode(bytes[..length]));
        Should.Throw<InvalidDataException>(() => HintEvents.Decode([.. bytes, 0]));
        Should.Throw<InvalidDataException>(() => HintEvents.Decode([9, .. bytes[1..]]));
    }

    private async Task RunAsync(params (string Name, string Value)[] more)
    {
        await using OwnActorSystem system = await SoloNode.StartAsync(OptionsOf(more), happened => _log.Enqueue(happened.Text));
        (await AkkaNodeTests.PutAsync(system.Door, "k", "v")).Error.ShouldBeNull();
    }

    private async Task<string> RefusalAsync(params (string Name, string Value)[] more) =>
        (await Should.ThrowAsync<AkkaKvConfigurationException>(() => RunAsync(more))).Message;

    // Into the journal of the node's first partition, as a node would.
    private async Task KeepAsync(HintHome home, ReadOnlyMemory<byte> record)
    {
        ActorSystem system = HintRig.SystemOn(isSqlite: true, Database);
        HintJournalPlan plan = HintPlacing.PlanOf(home.Owner);
        var vault = new HintVault(plan, home.Partitions, 1 << 20, static _ => { });
        var done = new TaskCompletionSource<Message>(TaskCreationOptions.RunContinuationsAsynchronously);
        vault.Start(system, (_, message) => done.TrySetResult(message), static _ => { });
        var self = new Core.Kernel.Address(new NodeId("solo"), ActorRole.Hints, 0);
        vault.Submit(0, record.IsEmpty ? new StoreRemove(HintRig.Key(1), 1, self, StoreSpace.Hints) : new StoreWrite(HintRig.Key(1), record, 1, self, StoreSpace.Hints));
        ((StoreWriteDone)await done.Task.WaitAsync(Waiting.Max)).Outcome.ShouldBe(StoreOutcome.Done);
        await vault.StopAsync(Waiting.Max);
        await system.Terminate();
    }

    private async Task InLogAsync(Func<Core.Kernel.Address, Message> make)
    {
        using NodeStore store = NodeStore.Open(SettingsPlan.Of(OptionsOf().Settings, static _ => { }));
        var written = new TaskCompletionSource<StoreCompletion>(TaskCreationOptions.RunContinuationsAsynchronously);
        IStorePort port = store.Store.OpenPort(0, written.SetResult);
        port.Submit(make(new Core.Kernel.Address(new NodeId("solo"), ActorRole.Hints, 0)), static (_, _) => { });
        port.EndTurn();
        port.Complete(await written.Task.WaitAsync(Waiting.Max), static (_, _) => { });
    }

    private AkkaKvOptions OptionsOf(params (string Name, string Value)[] more) => SoloNode.OptionsOf(_directory, more);
}
