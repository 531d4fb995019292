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
