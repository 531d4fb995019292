using System.Net;
using System.Net.Sockets;
using Akka.Actor;
using Akka.Cluster;
using Akka.Configuration;
using AkkaKv.Api;
using AkkaKv.Core.Kernel;
using AkkaKv.Core.Topology;
using AkkaKv.Host.AkkaNet.Node;
using AkkaKv.Host.Settings;
using AkkaKv.Host.Stores;

namespace AkkaKv.Host.AkkaNet.Hosting;

/// <summary>An actor system that is there for one AkkaKv node alone, made from the node's settings: what a program without its own uses.</summary>
public sealed class OwnActorSystem : IAsyncDisposable
{
    private readonly AkkaKvOptions _options;
    private readonly ActorSystem _system;
    private readonly AkkaKvExtension _extension;
    private volatile bool _isEnding;

    private OwnActorSystem(AkkaKvOptions options, ActorSystem system)
    {
        _options = options;
        _system = system;
        _extension = AkkaKvExtension.Of(system);
    }

    /// <summary>The node's door.</summary>
    public IAkkaKv Door => _extension.Door;

    /// <summary>Completes when the node has stopped: null when it was disposed, else why it stopped itself.</summary>
    public Task<string?> Stopped => StoppedAsync(_extension.Node!);

    /// <summary>Starts the actor system: its remoting listens when this returns.</summary>
    /// <exception cref="PortTakenException">Another program listens there.</exception>
    /// <exception cref="AkkaKvConfigurationException">The file of <c>Akka:Hocon</c> cannot be used.</exception>
    public static OwnActorSystem Create(AkkaKvOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        NodeSettings settings = options.Settings;
        Config hocon = FileOf(settings).WithFallback(Own(settings)).WithFallback(ShardStateHocon.Of(settings)).WithFallback(HintsHocon.Of(settings)).WithFallback(AkkaKvConfig.Base);
        hocon = NodeRoles.Hocon(new NodeId(settings.Node.Name!), hocon).WithFallback(hocon);
        try
        {
            return new OwnActorSystem(options, ActorSystem.Create(settings.Akka.System, hocon));
        }
        catch (Exception failure) when (PortTaken(failure) is { } taken)
        {
            throw new PortTakenException(taken);
        }
    }

    /// <summary>Opens the store, joins the Akka cluster and starts the node.</summary>
    /// <param name="admit">Decides, when the store is open, from which configuration to start, and whether the node asks to be taken in.</param>
    public async Task StartAsync(Func<NodeStore, Task<(ClusterConfiguration? Configuration, bool IsJoining)>> admit)
    {
        ClusterConfiguration? known = null;
        await _extension.StartAsync(_options, async (_, store) =>
        {
            var admitted = await admit(store);
            known = admitted.Configuration;
            return admitted;
        });
        string[] seeds = [.. SeedsOf(_options.Settings, known)];
        Akka.Actor.Address own = ((ExtendedActorSystem)_system).Provider.DefaultAddress;
        Cluster.Get(_system).JoinSeedNodes([.. seeds.Select(seed => Akka.Actor.Address.Parse($"{own.Protocol}://{own.System}@{seed}"))]);
    }

    /// <summary>Leaves the Akka cluster and ends the actor system, the node first.</summary>
    public async ValueTask DisposeAsync()
    {
        _isEnding = true;
        await CoordinatedShutdown.Get(_system).Run(CoordinatedShutdown.ActorSystemTerminateReason.Instance);
    }

    // Akka shuts the system of a downed member down, and with it the node: the process must not go on without it.
    private async Task<string?> StoppedAsync(AkkaNode node)
    {
        if (await node.Stopped is { } failure)
            return failure.ToString();
        return _isEnding ? null : "the actor system was shut down, because the Akka cluster has downed this member. Start it again: it goes on with its data directory.";
    }

    // A cluster that is founded alone begins with itself. One that is known counts before the list, in which a node that joins
    // has itself alone: it would found an Akka cluster of its own. All who know it have its members in the same order.
    private static IEnumerable<string> SeedsOf(NodeSettings settings, ClusterConfiguration? known)
    {
        if (settings.Akka.Seeds.Count > 0)
            return settings.Akka.Seeds;
        IReadOnlyList<MemberOptions> listed = settings.Cluster.Members;
        return known is null
            ? listed.Select(member => member.Endpoint)
            : known.Everyone.Select(member => listed.FirstOrDefault(own => own.Name == member.Node.Name)?.Endpoint ?? member.Endpoint);
    }

    private static Config FileOf(NodeSettings settings)
    {
        if (settings.Akka.Hocon is not { } path)
            return Config.Empty;
        try
        {
            return ConfigurationFactory.ParseString(File.ReadAllText(path));
        }
        catch (Exception unreadable) when (unreadable is IOException or UnauthorizedAccessException or FormatException or ConfigurationException)
        {
            throw new AkkaKvConfigurationException([$"Akka:Hocon must name a file of HOCON; {path} cannot be used: {unreadable.Message}"]);
        }
    }

    private static Config Own(NodeSettings settings)
    {
        MemberOptions self = settings.Self!;
        int colon = self.Endpoint.LastIndexOf(':');
        IPEndPoint listen = settings.Node.PeerListen!;
        return ConfigurationFactory.ParseString($$"""
            akka {
              loglevel = WARNING
              stdout-loglevel = WARNING
              log-dead-letters = off
              remote.dot-netty.tcp {
                hostname = "{{listen.Address}}"
                port = {{listen.Port}}
                public-hostname = "{{self.Endpoint[..colon].Trim('[', ']')}}"
                public-port = {{self.Endpoint[(colon + 1)..]}}
              }
              cluster {
                downing-provider-class = "Akka.Cluster.SBR.SplitBrainResolverProvider, Akka.Cluster"
                split-brain-resolver.active-strategy = keep-majority
              }
              # The program stops it when it is time: at a signal, requests under way end first, and a node may leave.
              coordinated-shutdown {
                run-by-clr-shutdown-hook = off
                exit-clr = off
              }
            }
            """);
    }

    private static SocketException? PortTaken(Exception failure) => failure switch
    {
        SocketException { SocketErrorCode: SocketError.AddressAlreadyInUse } taken => taken,
        AggregateException many => many.InnerExceptions.Select(PortTaken).FirstOrDefault(taken => taken is not null),
        { InnerException: { } inner } => PortTaken(inner),
        _ => null,
    };
}

/// <summary>Another program listens at the node's endpoint.</summary>
public sealed class PortTakenException(Exception cause) : Exception("The port of Akka.Remote is taken: " + cause.Message, cause);
