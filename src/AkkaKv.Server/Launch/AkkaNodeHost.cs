using AkkaKv.Api;
using AkkaKv.Core.Topology;
using AkkaKv.Host;
using AkkaKv.Host.AkkaNet.Hosting;
using AkkaKv.Host.Settings;
using AkkaKv.Host.Stores;
using AkkaKv.Storage;

namespace AkkaKv.Server.Launch;

/// <summary>The Akka.NET host, from this program's options: an actor system of its own, in a cluster with the other members'.</summary>
internal sealed class AkkaNodeHost(NodeSettings settings) : INodeHost
{
    private readonly TextWriter _log = TextWriter.Synchronized(Console.Out);
    private readonly TaskCompletionSource<string> _failed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private OwnActorSystem? _system;
    private Admission? _admission;

    public IAkkaKv Door => _system?.Door ?? throw new InvalidOperationException("The door is used after the start.");

    public string Waiting => _admission?.Waiting ?? "";

    public Task<string> Failed => _failed.Task;

    public async Task StartAsync(CancellationToken cancellation)
    {
        try
        {
            AkkaKvOptions options = AkkaKvOptions.Of(settings) with { Log = Write };
            _system = OwnActorSystem.Create(options);
            await _system.StartAsync(store => AdmitAsync(store, cancellation));
        }
        catch (StoreOpenException refused)
        {
            throw new NodeStartException(ExitCodes.DataDirectoryUnusable, refused.Message, refused);
        }
        catch (AkkaKvConfigurationException refused)
        {
            throw new NodeStartException(ExitCodes.BadConfiguration, refused.Message, refused);
        }
        catch (PortTakenException taken)
        {
            throw new NodeStartException(ExitCodes.PortInUse, PortText.InUse(settings.Node.PeerListen!, "Akka.Remote", "the member's Endpoint, or Node:PeerListen"), taken);
        }

        _ = WatchAsync(_system);
        Write(new NodeEvent(NodeEventLevel.Information, $"{settings.Node.Name} runs in actor system {settings.Akka.System}: peers at {settings.Node.PeerListen}."));
    }

    public async ValueTask DisposeAsync()
    {
        if (_system is not null)
            await _system.DisposeAsync();
    }

    private async Task<(ClusterConfiguration? Configuration, bool IsJoining)> AdmitAsync(NodeStore store, CancellationToken cancellation)
    {
        using var http = new HttpClient { Timeout = TimeSpan.FromSeconds(20) };
        _admission = new Admission(settings, store, new JoinClient(http), TimeProvider.System, text => Write(new NodeEvent(NodeEventLevel.Information, text)));
        return await _admission.DecideAsync(cancellation);
    }

    private async Task WatchAsync(OwnActorSystem system)
    {
        if (await system.Stopped is { } failure)
            _failed.TrySetResult(failure);
    }

    private void Write(NodeEvent happened) => _log.WriteLine($"{happened.Level.ToString().ToLowerInvariant()}: {happened.Text}");
}
