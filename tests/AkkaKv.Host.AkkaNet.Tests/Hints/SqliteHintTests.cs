using Microsoft.Data.Sqlite;

namespace AkkaKv.Host.AkkaNet.Tests.Hints;

/// <summary>Hints through Akka.Persistence.Sql, on SQLite.</summary>
public sealed class SqliteHintTests : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("akkakv-hints-").FullName;

    private string Database => $"Data Source={Path.Combine(_directory, "hints.db")}";

    private HintDatabaseContract Contract => On(Database);

    public void Dispose()
    {
        SqliteConnection.ClearAllPools();
        Directory.Delete(_directory, recursive: true);
    }

    [Fact]
    public Task What_was_acknowledged_is_there_after_a_restart() => Contract.What_was_acknowledged_is_there_after_a_restart();

    [Fact]
    public Task Writes_of_one_key_are_done_in_their_order_and_old_events_go() => Contract.Writes_of_one_key_are_done_in_their_order_and_old_events_go();

    [Fact]
    public Task What_is_too_much_for_the_database_is_refused() => Contract.What_is_too_much_for_the_database_is_refused();

    [Fact]
    public Task A_database_that_is_away_refuses_writes_answers_reads_and_loses_nothing() => WithHolderAsync((contract, holder) =>
        contract.A_database_that_is_away_refuses_writes_answers_reads_and_loses_nothing(
            () => ExecuteAsync(holder, "BEGIN EXCLUSIVE"), () => ExecuteAsync(holder, "ROLLBACK")));

    [Fact]
    public Task A_database_that_has_forgotten_is_told_again() => WithHolderAsync((contract, holder) =>
        contract.A_database_that_has_forgotten_is_told_again(
            () => ExecuteAsync(holder, "BEGIN EXCLUSIVE"), () => ExecuteAsync(holder, "DELETE FROM journal; COMMIT")));

    // Whoever finds it locked is told so after a second.
    private async Task WithHolderAsync(Func<HintDatabaseContract, SqliteConnection, Task> test)
    {
        await using var holder = new SqliteConnection(Database + ";Pooling=false");
        await holder.OpenAsync();
        await test(On(Database + ";Default Timeout=1"), holder);
    }

    private static HintDatabaseContract On(string database) =>
        new((owner, room) => HintRig.Start(isSqlite: true, database, owner, room), () => new SqliteConnection(database));

    internal static async Task ExecuteAsync(SqliteConnection connection, string text)
    {
        await using SqliteCommand command = connection.CreateCommand();
        command.CommandText = text;
        await command.ExecuteNonQueryAsync();
    }
}
