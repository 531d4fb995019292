using Akka.Actor;
using Akka.Remote;
using AkkaKv.Core.Kernel;
using AkkaKv.Core.Ring;
using AkkaKv.Core.Topology;
using AkkaKv.Host.AkkaNet.Shell;
using AkkaKv.Wire.Codec;
using AkkaKv.Wire.Handshake;
using AkkaAddress = Akka.Actor.Address;

namespace AkkaKv.Host.AkkaNet.Peers;

/// <summary>
/// Keeps this node in touch with whoever belongs to its cluster: at first those that the options name, from then on those
/// that the topology's actor wants. Greets each until both have agreed, and again when Akka.Remote says that the way is broken.
/// </summary>
internal sealed class NetworkActor : UntypedActor, IWithTimers
{
    public const string Name = "peers";

    // Akka.Remote connects anew for each message to who is quarantined, and logs each failure. Only another process can be
    // there, and that one greets by itself: so it is greeted once in so many ticks.
    private const int QuarantinedTicks = 20;

    private readonly AkkaNodeOptions _options;
    private readonly ShellWorld _world;
    private readonly AkkaNodeHooks _hooks;
    private readonly ulong _incarnation;
    private readonly ExtendedActorSystem _system = (ExtendedActorSystem)Context.System;
    private readonly SortedDictionary<string, AkkaAddress> _wanted = new(StringComparer.Ordinal);
    private readonly Dictionary<string, PeerRoute> _routes = new(StringComparer.Ordinal);
    private readonly HashSet<AkkaAddress> _quarantined = [];
    private readonly PeerTroubles _troubles;
    private ulong _clusterId;
    private int _ticks;

    public NetworkActor(AkkaNodeOptions options, ShellWorld world, AkkaNodeHooks hooks, PeerTroubles troubles, ulong incarnation)
    {
        _options = options;
        _world = world;
        _hooks = hooks;
        _troubles = troubles;
        _incarnation = incarnation;
        _clusterId = options.ClusterId;
        foreach (PeerEndpoint peer in options.Peers)
            _wanted[peer.Node.Name] = AddressOf(peer);
        Publish();
    }

    public ITimerScheduler Timers { get; set; } = null!;

    protected override void PreStart()
    {
        Context.System.EventStream.Subscribe(Self, typeof(DisassociatedEvent));
        Context.System.EventStream.Subscribe(Self, typeof(QuarantinedEvent));
        Timers.StartPeriodicTimer(GreetTick.Instance, GreetTick.Instance, TimeSpan.Zero, _options.GreetInterval);
    }

    protected override void OnReceive(object message)
    {
        switch (message)
        {
            case GreetTick: OnTick(); break;
            case PeerHello hello: OnHello(hello); break;
            case PeerHelloAnswer answer: OnAnswer(answer); break;
            case PeersWanted wanted: OnWanted(wanted); break;
            case DisassociatedEvent lost: Lose(lost.RemoteAddress); break;
            case QuarantinedEvent lost: OnQuarantined(lost.Address); break;
            default: Unhandled(message); break;
        }
    }

    private AkkaAddress Own => _system.Provider.DefaultAddress;

    private void OnTick()
    {
        _ticks++;
        Greet();
    }

    private void Greet()
    {
        bool isTimeForAll = _ticks % QuarantinedTicks == 0;
        foreach ((string name, AkkaAddress address) in _wanted)
        {
            if (!_routes.ContainsKey(name) && (isTimeForAll || !_quarantined.Contains(address)))
                Greet(name, address);
        }
    }

    private void Greet(string name, AkkaAddress address) =>
        At(address, Name).Tell(new PeerHello(HelloTo(name), _incarnation), Self);

    private void OnHello(PeerHello greeting)
    {
        string name = greeting.Hello.Node;
        string? refusal = HelloTo(name).RefusalOf(greeting.Hello) ?? RefusalOf(name, Sender.Path.Address);
        Sender.Tell(new PeerHelloAnswer(new HelloAnswer(HelloTo(name), refusal), _incarnation), Self);
        if (refusal is not null)
        {
            Trouble(name, refusal);
            return;
        }

        _quarantined.Remove(_wanted[name]);

        // Another process of that node: what was agreed with the one before is void.
        if (_routes.TryGetValue(name, out PeerRoute? route) && route.Incarnation != greeting.Incarnation)
            Lose(name);
        if (!_routes.ContainsKey(name))
            Greet(name, _wanted[name]);
    }

    private void OnAnswer(PeerHelloAnswer said)
    {
        string name = said.Answer.Hello.Node;
        if (RefusalOf(name, Sender.Path.Address) is not null)
            return;
        if ((said.Answer.Refusal ?? HelloTo(name).RefusalOf(said.Answer.Hello)) is { } refusal)
        {
            Trouble(name, refusal);
            return;
        }

        if (_routes.TryGetValue(name, out PeerRoute? known) && known.Incarnation == said.Incarnation)
            return;
        if (known is not null)
            Lose(name);
        IActorRef[] doors = [.. Enum.GetValues<MessageClass>().Select(group => At(_wanted[name], PeerDoorActor.NameOf(group)))];
        _routes[name] = new PeerRoute(new NodeId(name), _wanted[name], said.Incarnation, doors, HelloTo(name).VersionWith(said.Answer.Hello));
        _quarantined.Remove(_wanted[name]);
        _troubles.Forget(name);
        Publish();
        _hooks.PeerConnected(new NodeId(name));
    }

    private void OnWanted(PeersWanted wanted)
    {
        if (wanted.ClusterId != 0)
            _clusterId = wanted.ClusterId;
        var names = wanted.Others.Select(member => member.Node.Name).ToHashSet(StringComparer.Ordinal);
        foreach (string gone in _wanted.Keys.Where(name => !names.Contains(name)).ToArray())
        {
            Lose(gone);
            _quarantined.Remove(_wanted[gone]);
            _wanted.Remove(gone);
            _troubles.Forget(gone);
        }

        foreach (RingMember member in wanted.Others)
        {
            // How this node's own settings say to reach a member comes before what the cluster says.
            PeerEndpoint? place = _options.NamedPeers.FirstOrDefault(peer => peer.Node == member.Node && peer.Port > 0)
                ?? PeerEndpoint.TryParse(member.Node, member.Endpoint);
            if (place is null || member.Node == _options.Self)
                continue;
            AkkaAddress address = AddressOf(place);
            if (_wanted.TryGetValue(member.Node.Name, out AkkaAddress? before) && before != address)
                Lose(member.Node.Name);
            _wanted[member.Node.Name] = address;
        }

        Publish();
        Greet();
    }

    // Where another process has agreed already, it is the one before that is quarantined: that way is made anew at once.
    private void OnQuarantined(AkkaAddress address)
    {
        if (_wanted.ContainsValue(address) && !_routes.Values.Any(route => route.Address == address))
            _quarantined.Add(address);
        Lose(address);
    }

    private void Lose(AkkaAddress? address)
    {
        foreach ((string name, AkkaAddress wanted) in _wanted.ToArray())
        {
            if (wanted == address)
                Lose(name);
        }
    }

    private void Lose(string name)
    {
        if (!_routes.Remove(name))
            return;
        Publish();
        _troubles.Set(name, "the connection was lost");
        _hooks.PeerDisconnected(new NodeId(name));
    }

    private string? RefusalOf(string name, AkkaAddress from)
    {
        if (!_wanted.TryGetValue(name, out AkkaAddress? expected))
            return $"{_options.Self} has no member '{name}'; it found one at {from}. Add it with 'akkakv cluster join', or correct the member list.";
        return expected == from
            ? null
            : $"{_options.Self} expects {name} at {expected}; found it at {from}. Correct the member's endpoint, or akka.remote.dot-netty.tcp.public-hostname of {name}.";
    }

    private void Trouble(string name, string refusal)
    {
        if (_troubles.Set(name, refusal))
            _hooks.Log(new NodeEvent(NodeEventLevel.Warning, refusal));
    }

    private void Publish() => _world.Peers.Replace(_wanted, _routes.Values);

    private Hello HelloTo(string peer) => new(
        Hello.ProtocolVersionMin, Hello.ProtocolVersion, _options.Cluster, _options.Self.Name, peer, _options.RingPartitions, MessageClass.Control, _clusterId);

    private AkkaAddress AddressOf(PeerEndpoint peer) => new(Own.Protocol, Own.System, peer.Host, peer.Port);

    private IActorRef At(AkkaAddress address, string child) =>
        _system.Provider.ResolveActorRef(new RootActorPath(address) / "user" / AkkaRuntime.GuardianName / child);
}
