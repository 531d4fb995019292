using System.Collections.Concurrent;
using System.Threading.Channels;
using AkkaKv.Core.Kernel;
using AkkaKv.Host.Native.Loops;
using AkkaKv.Wire.Codec;

namespace AkkaKv.Host.Native.Tests.Support;

/// <summary>One node of a test, with its peers' comings and goings as channels to await.</summary>
internal sealed class TestNode : IAsyncDisposable
{
    private readonly ConcurrentDictionary<string, Signal> _connected = new();
    private readonly ConcurrentDictionary<string, Signal> _disconnected = new();
    private readonly ConcurrentQueue<string> _log = new();
    private readonly Signal _logged = new();

    public TestNode(
        string name,
        IEnumerable<string>? peers = null,
        Func<NativeNodeOptions, NativeNodeOptions>? configure = null,
        Func<LoopPort, ILoopService>? store = null,
        IMessageCodec? codec = null,
        Func<NativeHooks, NativeHooks>? hook = null)
    {
        Id = new NodeId(name);
        var options = new NativeNodeOptions
        {
            Self = Id,
            Cluster = "test",
            RingPartitions = 64,

            // A machine under load may stall for seconds; the tests of silence set their own.
            ConnectTimeout = TimeSpan.FromSeconds(30),
            SilenceMax = TimeSpan.FromSeconds(30),
            Peers = [.. (peers ?? []).Where(peer => peer != name).Select(peer => new PeerEndpoint(new NodeId(peer), "127.0.0.1", 0))],
        };
        var hooks = new NativeHooks
        {
            MakeStore = store,
            PeerConnected = peer => SignalOf(_connected, peer.Name).Set(),
            PeerDisconnected = peer => SignalOf(_disconnected, peer.Name).Set(),
            Log = Log,
        };
        options = configure?.Invoke(options) ?? options;
        hooks = hook?.Invoke(hooks) ?? hooks;
        Runtime = new NativeRuntime(options, hooks, codec ?? new TestCodec(), TimeProvider.System, NativeRuntime.DrawSeed());
    }

    public NodeId Id { get; }

    public NativeRuntime Runtime { get; }

    public Address At(ActorRole role, ulong number) => new(Id, role, number);

    /// <summary>The next time the peer is connected, counted from the last call.</summary>
    public Task ConnectedAsync(string peer) => SignalOf(_connected, peer).WaitAsync();

    public Task DisconnectedAsync(string peer) => SignalOf(_disconnected, peer).WaitAsync();

    /// <summary>The first line of the log that has the words.</summary>
    public async Task<string> LoggedAsync(string words)
    {
        while (true)
        {
            if (_log.FirstOrDefault(line => line.Contains(words, StringComparison.Ordinal)) is { } line)
                return line;
            await _logged.WaitAsync();
        }
    }

    public int CountLogged(string words) => _log.Count(line => line.Contains(words, StringComparison.Ordinal));

    public ValueTask DisposeAsync() => Runtime.DisposeAsync();

    private static Signal SignalOf(ConcurrentDictionary<string, Signal> signals, string peer) => signals.GetOrAdd(peer, _ => new Signal());

    private void Log(NodeEvent line)
    {
        _log.Enqueue(line.Text);
        _logged.Set();
    }
}

/// <summary>Counts events, and lets a test await the next one.</summary>
internal sealed class Signal
{
    private readonly Channel<int> _events = Channel.CreateUnbounded<int>();

    public void Set() => _events.Writer.TryWrite(0);

    public async Task WaitAsync() => await _events.Reader.ReadAsync().AsTask().WaitAsync(Waiting.Max);
}
