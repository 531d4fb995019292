using System.Net.Sockets;
using AkkaKv.Api;
using AkkaKv.Host.Doors;
using AkkaKv.Host.Settings;
using AkkaKv.Server.Http;
using AkkaKv.Server.Metrics;
using AkkaKv.Wire.Handshake;

namespace AkkaKv.Server.Launch;

/// <summary>
/// Runs one node: HTTP first, so that /alive and /ready answer while the store opens; then the host. Stops in the
/// opposite order: no new requests, the running ones finish, the host closes its store.
/// </summary>
internal sealed class NodeRunner(NodeSettings options, NodeHostFactory factory, TextWriter errors)
{
    /// <summary>Runs until the process is asked to stop, or until <paramref name="parentGone"/> completes.</summary>
    /// <returns>The exit code.</returns>
    public async Task<int> RunAsync(Task parentGone)
    {
        var door = new StartingDoor(
            options.Node.Name!,
            new KvLimits(options.Limits.KeyBytesMax, options.Limits.ValueBytesMax, options.Limits.SiblingsMax));
        try
        {
            PrepareDirectory();
            await using var app = HttpFacade.Build(FacadeOptions(), door, TimeProvider.System);
            using var metrics = new NodeMetrics(door);
            MetricsRoute.Map(app, metrics);
            await StartHttpAsync(app);
            await using var export = options.Metrics.OtlpEndpoint is { } collector
                ? OtlpExport.Start(metrics, new OtlpTarget(collector, options.Metrics.OtlpInterval, options.Node.Name!), TimeProvider.System)
                : null;
            app.Lifetime.ApplicationStopping.Register(door.Close);
            _ = parentGone.ContinueWith(_ => app.Lifetime.StopApplication(), TaskScheduler.Default);
            return await RunHostAsync(app, door);
        }
        catch (NodeStartException refused)
        {
            await errors.WriteLineAsync(refused.Message);
            return refused.ExitCode;
        }
        catch (Exception failure)
        {
            await errors.WriteLineAsync($"Node {options.Node.Name} failed in an unexpected way and stops: {failure}");
            return ExitCodes.Failed;
        }
    }

    private async Task<int> RunHostAsync(WebApplication app, StartingDoor door)
    {
        var stopping = app.Lifetime.ApplicationStopping;
        var host = factory(options);
        door.StartsWith(() => host.Waiting);
        using var signals = options.Node.LeaveOnStop ? new StopSignals() : null;
        Task leaving = signals is null ? Task.CompletedTask : LeaveAtSignalAsync(signals, app, door);
        try
        {
            await host.StartAsync(stopping);
            door.Open(host.Door);
            if (stopping.IsCancellationRequested)
                door.Close();
            Task shutdown = app.WaitForShutdownAsync(CancellationToken.None);
            if (await Task.WhenAny(shutdown, host.Failed) == shutdown)
                return ExitCodes.Ok;
            door.Close();
            await errors.WriteLineAsync($"Node {options.Node.Name} stops, because going on could spread a fault: {await host.Failed}");
            return ExitCodes.Failed;
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            // Asked to stop while starting: nothing has been promised to anybody.
            return ExitCodes.Ok;
        }
        finally
        {
            await app.StopAsync(CancellationToken.None);
            await leaving;
            await host.DisposeAsync();
        }
    }

    private async Task LeaveAtSignalAsync(StopSignals signals, WebApplication app, StartingDoor door)
    {
        var stopping = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var told = app.Lifetime.ApplicationStopping.Register(() => stopping.TrySetResult());
        await Task.WhenAny(signals.First, stopping.Task);
        if (signals.First.IsCompleted && door.IsOpen)
        {
            try
            {
                using var over = CancellationTokenSource.CreateLinkedTokenSource(signals.Second, app.Lifetime.ApplicationStopping);
                await new Leaving(door, options.Node.Name!, TimeProvider.System, Console.Out.WriteLine).LeaveAsync(over.Token);
            }
            catch (OperationCanceledException)
            {
                await errors.WriteLineAsync($"{options.Node.Name} stops before it has left; the change goes on, or is taken back with 'akkakv cluster abort', when it is back.");
            }
        }

        app.Lifetime.StopApplication();
    }

    private async Task StartHttpAsync(WebApplication app)
    {
        try
        {
            await app.StartAsync();
        }
        catch (IOException failure) when (failure.InnerException is SocketException or Microsoft.AspNetCore.Connections.AddressInUseException)
        {
            throw new NodeStartException(ExitCodes.PortInUse, PortText.InUse(options.Node.HttpListen!, "HTTP", "the member's Http, or Node:HttpListen"), failure);
        }
        catch (SocketException failure)
        {
            throw new NodeStartException(ExitCodes.Failed, $"HTTP cannot listen on {options.Node.HttpListen}: {failure.Message}. Choose an address of this machine with Node:HttpListen.", failure);
        }
    }

    private void PrepareDirectory()
    {
        if (options.Store.Kind == StoreKind.Memory)
            return;
        try
        {
            Directory.CreateDirectory(options.Node.DataDirectory);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw new NodeStartException(
                ExitCodes.DataDirectoryUnusable,
                $"The data directory {options.Node.DataDirectory} must be a directory that this process can write to; {failure.Message} Choose another one with --data.",
                failure);
        }
    }

    private HttpFacadeOptions FacadeOptions() => new()
    {
        Listen = options.Node.HttpListen!,
        ConnectionsMax = options.Limits.ConnectionsMax,
        RequestsInFlightMax = options.Limits.RequestsInFlightMax,
        RequestBytesInFlightMax = options.Limits.RequestBytesInFlightMax,
        LogLevel = options.LogLevel,
        LeavesSignals = options.Node.LeaveOnStop,
        Cluster = new ClusterFacts(
            options.Cluster.Name,
            ClusterFacts.FingerprintOf(SettingsPlan.SecretOf(options.Cluster)),
            Hello.ProtocolVersionMin,
            Hello.ProtocolVersion),
    };
}
