using System.Net;
using AkkaKv.Core.Kernel;
using AkkaKv.Core.Replica;
using AkkaKv.Host;
using AkkaKv.Host.Native;
using AkkaKv.Wire.Codec;
using BenchmarkDotNet.Attributes;

namespace AkkaKv.Benchmarks;

/// <summary>Messages through event loops and sockets. Each figure is per message.</summary>
public class HostBenchmarks
{
    private const int Local = 1_000_000;
    private const int Trips = 1_000;
    private const int Streamed = 100_000;

    private BenchNode? _one;
    private BenchNode? _two;

    [GlobalSetup]
    public void SetUp()
    {
        _one = new BenchNode("node-1", "node-2");
        _two = new BenchNode("node-2", "node-1");
        _one.Meet(_two);
        _two.Meet(_one);
        _one.Runtime.Start();
        _two.Runtime.Start();
        SpinWait.SpinUntil(() => _one.IsConnected && _two.IsConnected);
    }

    [GlobalCleanup]
    public void CleanUp()
    {
        _one!.Runtime.DisposeAsync().AsTask().Wait();
        _two!.Runtime.DisposeAsync().AsTask().Wait();
    }

    /// <summary>An actor that sends to itself: the loop alone.</summary>
    [Benchmark(OperationsPerInvoke = Local)]
    public void LocalMessage() => _one!.Run(new BenchRun(BenchKind.Forward, Local, _one.Actor));

    /// <summary>One message under way, there and back: two wake-ups, two writes.</summary>
    [Benchmark(OperationsPerInvoke = Trips)]
    public void PingPong() => _one!.Run(new BenchRun(BenchKind.Forward, Trips, _two!.Actor));

    /// <summary>A thousand under way, each answered: how far batching carries.</summary>
    [Benchmark(OperationsPerInvoke = Streamed)]
    public void Streaming() => _one!.Run(new BenchRun(BenchKind.Stream, Streamed, _two!.Actor));
}

internal enum BenchKind
{
    Forward,
    Stream,
}

/// <summary>What an actor is asked to do.</summary>
internal sealed record BenchRun(BenchKind Kind, int Count, Address To) : Message;

/// <summary>A runtime with one actor.</summary>
internal sealed class BenchNode
{
    private readonly ManualResetEventSlim _done = new();

    public BenchNode(string name, string peer)
    {
        var options = new NativeNodeOptions
        {
            Self = new NodeId(name),
            Cluster = "bench",
            RingPartitions = 64,
            Listen = new IPEndPoint(IPAddress.Loopback, 0),
            Peers = [new PeerEndpoint(new NodeId(peer), "127.0.0.1", 0)],
        };
        Runtime = new NativeRuntime(options, new NativeHooks(), WireCodec.Instance, TimeProvider.System, 1);
        Actor = Runtime.Spawn(ActorRole.Replica, 0, () => new BenchActor(_done));
    }

    public NativeRuntime Runtime { get; }

    public Address Actor { get; }

    public bool IsConnected => Runtime.PeerStatuses().All(peer => peer.Connected);

    public void Meet(BenchNode other) => Runtime.SetPeerEndpoint(other.Actor.Node, "127.0.0.1", other.Runtime.Bind().Port);

    public void Run(BenchRun run)
    {
        _done.Reset();
        Runtime.TryPost(Actor, run);
        _done.Wait();
    }
}

/// <summary>
/// Keeps a window of questions under way until as many as asked for were answered; answers what others ask.
/// </summary>
internal sealed class BenchActor(ManualResetEventSlim done) : Actor
{
    private const int Window = 1_000;

    private Address _to;
    private int _unsent;
    private int _unanswered;

    public override void Receive(IActorContext context, Message message)
    {
        switch (message)
        {
            case BenchRun run: OnRun(context, run); break;
            case ReplicaMergeDone done: OnAnswer(context, done); break;
            case ReplicaRead read: context.Send(read.ReplyTo, new ReplicaMergeDone(read.Ticket, ReplicaOutcome.Done)); break;
            default: throw new InvariantException($"A benchmark has no use for {message.GetType().Name}");
        }
    }

    private void OnRun(IActorContext context, BenchRun run)
    {
        _to = run.To;
        _unsent = run.Count;
        _unanswered = run.Count;
        int window = run.Kind == BenchKind.Stream ? Window : 1;
        for (int sent = 0; sent < window; sent++)
            SendNext(context);
    }

    private void OnAnswer(IActorContext context, ReplicaMergeDone answer)
    {
        _unanswered--;
        if (_unanswered == 0)
            done.Set();
        else if (_unsent > 0)
            SendNext(context);
    }

    private void SendNext(IActorContext context)
    {
        _unsent--;
        if (_to == context.Self)
            context.Send(_to, new ReplicaMergeDone(0, ReplicaOutcome.Done));
        else
            context.Send(_to, new ReplicaRead(Key, 0, context.Self));
    }

    private static readonly StoreKey Key = Samples.Key(1);
}
