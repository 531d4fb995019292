using Akka.Actor;
using Akka.Remote;
using AkkaKv.Cluster.Tests.Processes;
using AkkaKv.Core.Kernel;
using AkkaKv.Host.AkkaNet.Peers;
using AkkaKv.Host.AkkaNet.Shell;
using AkkaKv.Host.AkkaNet.Tests.Support;
using AkkaKv.Host.Callers;
using AkkaKv.Wire.Codec;
using AkkaKv.Wire.Handshake;

namespace AkkaKv.Host.AkkaNet.Tests.Peers;

/// <summary>How often a node greets those that do not answer: each greeting of a dead one is a connection tried, and a line in the log.</summary>
public sealed class GreetingTests
{
    private const string Cluster = "test";
    private const int Partitions = 64;
    private const int Many = 60;

    [Fact]
    public async Task Who_is_quarantined_is_greeted_seldom_until_a_new_process_greets()
    {
        await using TestSystem own = TestSystem.Start();
        await using var other = new Silent("node-2");
        await using var quarantined = new Silent("node-3");
        IActorRef network = own.System.ActorOf(NetworkOf(other, quarantined));
        await Wait.UntilAsync("both are greeted", () => other.Greetings > 0 && quarantined.Greetings > 0);

        own.System.EventStream.Publish(new QuarantinedEvent(quarantined.Address, 1));
        await GreetingsOfAsync(quarantined, 5, other);
        (await GreetingsOfAsync(quarantined, Many, other)).ShouldBeInRange(1, Many / 10);

        quarantined.Greet(network.Path.ToStringWithAddress(((ExtendedActorSystem)own.System).Provider.DefaultAddress));
        await Wait.UntilAsync("who greets is answered", () => quarantined.Answers > 0);
        (await GreetingsOfAsync(quarantined, Many, other)).ShouldBeGreaterThan(Many / 2);
    }

    // While the other is greeted so many times.
    private static async Task<int> GreetingsOfAsync(Silent peer, int times, Silent other)
    {
        int before = peer.Greetings;
        int until = other.Greetings + times;
        await Wait.UntilAsync($"{until} greetings", () => other.Greetings >= until);
        return peer.Greetings - before;
    }

    private static Props NetworkOf(params Silent[] peers)
    {
        var self = new NodeId("node-1");
        var world = new ShellWorld(self, TimeProvider.System, new CallTable(8, runAsynchronously: true, 1), new PeerTable(self), 8, _ => { });
        var options = new AkkaNodeOptions
        {
            Self = self,
            Cluster = Cluster,
            RingPartitions = Partitions,
            GreetInterval = TimeSpan.FromMilliseconds(20),
            Peers = [.. peers.Select(peer => new PeerEndpoint(peer.Node, "127.0.0.1", peer.Address.Port!.Value))],
        };
        return Props.Create(() => new NetworkActor(options, world, new AkkaNodeHooks(), new PeerTroubles(), 1));
    }

    /// <summary>A process that hears greetings and answers none.</summary>
    private sealed class Silent : IAsyncDisposable
    {
        private readonly TestSystem _system = TestSystem.Start();
        private readonly IActorRef _guardian;
        private int _greetings;
        private int _answers;

        public Silent(string name)
        {
            Node = new NodeId(name);
            _guardian = _system.System.ActorOf(Props.Create(() => new Guardian(this)), AkkaRuntime.GuardianName);
        }

        public NodeId Node { get; }

        public Akka.Actor.Address Address => ((ExtendedActorSystem)_system.System).Provider.DefaultAddress;

        public int Greetings => Volatile.Read(ref _greetings);

        public int Answers => Volatile.Read(ref _answers);

        public void Greet(string network) => _system.System.ActorSelection(network).Tell(
            new PeerHello(new Hello(Hello.ProtocolVersionMin, Hello.ProtocolVersion, Cluster, Node.Name, "node-1", Partitions, MessageClass.Control, 0), Incarnation: 2),
            _guardian);

        public ValueTask DisposeAsync() => _system.DisposeAsync();

        private void Hear(object message)
        {
            if (message is PeerHello)
                Interlocked.Increment(ref _greetings);
            else if (message is PeerHelloAnswer)
                Interlocked.Increment(ref _answers);
        }

        private sealed class Guardian(Silent peer) : UntypedActor
        {
            protected override void PreStart() => Context.ActorOf(Props.Create(() => new Ear(peer)), NetworkActor.Name);

            protected override void OnReceive(object message) => peer.Hear(message);
        }

        private sealed class Ear(Silent peer) : UntypedActor
        {
            protected override void OnReceive(object message) => peer.Hear(message);
        }
    }
}
