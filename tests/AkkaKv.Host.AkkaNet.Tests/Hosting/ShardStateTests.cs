using AkkaKv.Host.AkkaNet.Hosting;
using AkkaKv.Host.AkkaNet.Tests.Node;
using AkkaKv.Host.AkkaNet.Tests.Support;
using Microsoft.Data.Sqlite;

namespace AkkaKv.Host.AkkaNet.Tests.Hosting;

/// <summary>What the shards' coordinator has placed, kept through Akka.Persistence.Sql.</summary>
public sealed class ShardStateTests : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("akkakv-state-").FullName;

    public void Dispose()
    {
        SqliteConnection.ClearAllPools();
        Directory.Delete(_directory, recursive: true);
    }

    [Fact]
    public async Task The_coordinator_writes_into_SQLite_by_default_and_goes_on_from_there()
    {
        long first = await RunOnceAsync("1");
        first.ShouldBeGreaterThan(0);

        (await RunOnceAsync("2")).ShouldBeGreaterThan(first);
    }

    [Fact]
    public void A_database_and_its_kind_must_fit()
    {
        Should.Throw<AkkaKvConfigurationException>(() => OptionsOf(("Akka:ShardState", "postgresql"))).Message.ShouldContain("Akka:ShardDatabase must say how to reach");
        Should.Throw<AkkaKvConfigurationException>(() => OptionsOf(("Akka:ShardDatabase", "Data Source=x"))).Message.ShouldContain("found ddata");
        ShardStateHocon.Of(OptionsOf(("Akka:ShardState", "postgresql"), ("Akka:ShardDatabase", "Host=\"db\"")).Settings)
            .GetString("akka.persistence.journal.sql.connection-string").ShouldBe("Host=\"db\"");
        ShardStateHocon.Of(OptionsOf().Settings).IsEmpty.ShouldBeTrue();
    }

    // Starts a node of its own, uses it, and says how many events the coordinators have written so far.
    private async Task<long> RunOnceAsync(string value)
    {
        await using OwnActorSystem system = await SoloNode.StartAsync(OptionsOf(("Akka:ShardState", "sqlite")));
        (await AkkaNodeTests.PutAsync(system.Door, "k", value)).Error.ShouldBeNull();
        using var over = new CancellationTokenSource(Waiting.Max);
        long before = await EventsAsync();
        while (await EventsAsync() is var events)
        {
            over.Token.ThrowIfCancellationRequested();
            if (events > before || (events > 0 && value == "1"))
                return events;
            await Task.Yield();
        }

        return 0;
    }

    private async Task<long> EventsAsync()
    {
        string file = Path.Combine(_directory, "shards.db");
        if (!File.Exists(file))
            return 0;
        await using var connection = new SqliteConnection($"Data Source={file}");
        await connection.OpenAsync();
        await using SqliteCommand table = connection.CreateCommand();
        table.CommandText = "SELECT COUNT(*) FROM sqlite_master WHERE name = 'journal'";
        if ((long)(await table.ExecuteScalarAsync())! == 0)
            return 0;
        await using SqliteCommand events = connection.CreateCommand();
        events.CommandText = "SELECT COUNT(*) FROM journal WHERE persistence_id LIKE '%akkakv-replica%'";
        return (long)(await events.ExecuteScalarAsync())!;
    }

    private AkkaKvOptions OptionsOf(params (string Name, string Value)[] more) => SoloNode.OptionsOf(_directory, more);
}
