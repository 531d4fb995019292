using AkkaKv.Cluster.Tests.Processes;

namespace AkkaKv.Host.AkkaNet.Tests.Support;

/// <summary>A PostgreSQL server of a test, from the programs on the machine: its own data, and a port that was free.</summary>
internal sealed class PostgresServer : IAsyncDisposable
{
    // The server refuses to run as root.
    private const string Unprivileged = "postgres";

    private const int FastShutdown = 2;

    private readonly string _directory = Directory.CreateTempSubdirectory("akkakv-postgres-").FullName;
    private readonly int _port = FreePorts.Take(1)[0];
    private ChildProcess? _server;

    private PostgresServer()
    {
    }

    /// <summary>False where a program of it is not on the path.</summary>
    public static bool IsInstalled { get; } = new[] { "initdb", "postgres" }.All(IsOnPath);

    public string ConnectionString => $"Host=127.0.0.1;Port={_port};Database=postgres;Username=akkakv;Timeout=2;Command Timeout=5";

    public static async Task<PostgresServer> StartAsync()
    {
        var server = new PostgresServer();
        if (Environment.IsPrivilegedProcess)
            await RunAsync(["chown", Unprivileged, server._directory]);
        await RunAsync(AsOther(["initdb", "--pgdata", server._directory, "--username", "akkakv", "--auth", "trust", "--no-sync"]));
        await server.StartAgainAsync();
        return server;
    }

    /// <summary>Starts it on the data that it has.</summary>
    public async Task StartAgainAsync()
    {
        string port = _port.ToString(System.Globalization.CultureInfo.InvariantCulture);
        _server = ChildProcess.Start(AsOther(["postgres", "-D", _directory, "-k", _directory, "-h", "127.0.0.1", "-p", port]), _directory);
        await _server.WaitForTextAsync("database system is ready to accept connections");
    }

    /// <summary>Ends it: connections are broken off.</summary>
    public async Task StopAsync()
    {
        _server!.Signal(FastShutdown);
        await _server.WaitForExitAsync();
    }

    public async ValueTask DisposeAsync()
    {
        if (_server is not null)
            await _server.DisposeAsync();
        Directory.Delete(_directory, recursive: true);
    }

    private static string[] AsOther(string[] command) =>
        Environment.IsPrivilegedProcess ? ["setpriv", $"--reuid={Unprivileged}", "--clear-groups", "--", .. command] : command;

    private static async Task RunAsync(string[] command)
    {
        var (code, text) = await ChildProcess.RunAsync(command, Path.GetTempPath());
        code.ShouldBe(0, text);
    }

    private static bool IsOnPath(string program) =>
        (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator).Any(directory => File.Exists(Path.Combine(directory, program)));
}

/// <summary>A test that needs the programs of PostgreSQL.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class PostgresFactAttribute : FactAttribute
{
    public PostgresFactAttribute()
    {
        if (!PostgresServer.IsInstalled)
            Skip = "needs the programs initdb and postgres on the path; install PostgreSQL";
    }
}
