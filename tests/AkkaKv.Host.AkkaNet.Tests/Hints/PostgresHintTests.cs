using AkkaKv.Cluster.Tests.Processes;
using AkkaKv.Core.Replica;
using AkkaKv.Host.AkkaNet.Hints;
using AkkaKv.Host.AkkaNet.Hosting;
using AkkaKv.Host.AkkaNet.Tests.Support;
using Npgsql;

namespace AkkaKv.Host.AkkaNet.Tests.Hints;

/// <summary>Hints through Akka.Persistence.Sql, on a PostgreSQL server of the test.</summary>
public sealed class PostgresHintTests
{
    [PostgresFact]
    public Task What_was_acknowledged_is_there_after_a_restart() =>
        OnServerAsync((contract, _) => contract.What_was_acknowledged_is_there_after_a_restart());

    [PostgresFact]
    public Task Writes_of_one_key_are_done_in_their_order_and_old_events_go() =>
        OnServerAsync((contract, _) => contract.Writes_of_one_key_are_done_in_their_order_and_old_events_go());

    [PostgresFact]
    public Task What_is_too_much_for_the_database_is_refused() => OnServerAsync((contract, _) => contract.What_is_too_much_for_the_database_is_refused());

    [PostgresFact]
    public Task A_database_that_is_away_refuses_writes_answers_reads_and_loses_nothing() => OnServerAsync((contract, server) =>
        contract.A_database_that_is_away_refuses_writes_answers_reads_and_loses_nothing(server.StopAsync, server.StartAgainAsync));

    [PostgresFact]
    public async Task What_nobody_could_ask_at_the_start_is_asked_until_it_answers_and_must_be_the_one()
    {
        await using PostgresServer server = await PostgresServer.StartAsync();
        await using (HintRig first = HintRig.Start(isSqlite: false, server.ConnectionString))
            (await first.WriteAsync(1, [1])).ShouldBe(StoreOutcome.Done);
        await server.StopAsync();

        await using HintRig unproven = HintRig.Start(isSqlite: false, server.ConnectionString, isProven: false);
        Task<IReadOnlyList<Core.Kernel.StoreKey>> scan = unproven.ScanAsync();
        (await unproven.WriteAsync(1, [2])).ShouldBe(StoreOutcome.Busy);
        (await unproven.ReadAsync(1)).Outcome.ShouldBe(StoreOutcome.Busy);
        await Wait.UntilAsync("the absence is noticed", () => unproven.Log.Any(line => line.Contains("refuses hints", StringComparison.Ordinal)));
        scan.IsCompleted.ShouldBeFalse();
        await server.StartAgainAsync();

        // This one has the owner's hints, and no journal that says that it is the owner's home.
        await Wait.UntilAsync("it is refused", () => unproven.Log.Any(line => line.Contains("has never seen this node", StringComparison.Ordinal)));
        await HintDatabase.AskAsync(unproven.System, HintPlacing.PlanOf("owner"), [HintJournal.HomePart], HintEvents.Encode([new HintEdit(HintRig.Key(0), new byte[] { 1 })]), Waiting.Max);
        await server.StopAsync();
        await using HintRig proven = HintRig.Start(isSqlite: false, server.ConnectionString, isProven: false);
        scan = proven.ScanAsync();
        await Wait.UntilAsync("the absence is noticed", () => proven.Log.Any(line => line.Contains("refuses hints", StringComparison.Ordinal)));
        await server.StartAgainAsync();
        (await scan.WaitAsync(Waiting.Max)).ShouldBe([HintRig.Key(1)]);
        (await proven.WriteAsync(1, [2])).ShouldBe(StoreOutcome.Done);
    }

    private static async Task OnServerAsync(Func<HintDatabaseContract, PostgresServer, Task> test)
    {
        await using PostgresServer server = await PostgresServer.StartAsync();
        await test(
            new HintDatabaseContract(
                (owner, room) => HintRig.Start(isSqlite: false, server.ConnectionString, owner, room),
                () => new NpgsqlConnection(server.ConnectionString)),
            server);
        NpgsqlConnection.ClearAllPools();
    }
}
