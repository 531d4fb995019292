using System.Net;
using System.Net.Sockets;
using AkkaKv.Core.Kernel;
using AkkaKv.Host.Native.Loops;
using AkkaKv.Wire.Codec;
using AkkaKv.Wire.Handshake;

namespace AkkaKv.Host.Native.Peers;

/// <summary>Accepts the peers' connections, a bounded number of them, and closes those that fall silent.</summary>
internal sealed class PeerListener(NativeNodeOptions options, NativeHooks hooks, LoopWorld world, IMessageCodec codec)
    : IAsyncDisposable
{
    private readonly Socket _socket = new(options.Listen.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
    private readonly Lock _gate = new();
    private readonly HashSet<InboundConnection> _all = [];
    private readonly Dictionary<(NodeId Peer, MessageClass Group), InboundConnection> _current = [];
    private readonly HashSet<string> _logged = [];
    private bool _isClosed;
    private string? _acceptTrouble;

    public InboundCounters Counters { get; } = new();

    /// <summary>0 as long as it is not known.</summary>
    public ulong ClusterId => world.Peers.ClusterId;

    public IPEndPoint Bind()
    {
        // The framework lets a restarted node take its port back though old connections linger. Asking for it by the
        // socket option would also let two running nodes share the port.
        _socket.Bind(options.Listen);
        _socket.Listen(Math.Min(options.InboundConnectionsMax, 512));
        return (IPEndPoint)_socket.LocalEndPoint!;
    }

    public async Task RunAsync(CancellationToken stop)
    {
        Task watching = WatchAsync(stop);
        while (!stop.IsCancellationRequested)
            await AcceptOneAsync(stop);
        await watching;
    }

    /// <summary>Closes everything; completes when nothing will be posted any more.</summary>
    public async ValueTask DisposeAsync()
    {
        InboundConnection[] open;
        lock (_gate)
        {
            _isClosed = true;
            open = [.. _all];
        }

        _socket.Dispose();
        foreach (InboundConnection connection in open)
            connection.Close();
        await Task.WhenAll(open.Select(connection => connection.Ended));
    }

    /// <summary>Says why a node may not connect that otherwise agrees.</summary>
    public string? RefusalOf(Hello other) => world.Peers.Find(new NodeId(other.Node)) is not null
        ? null
        : $"{other.Node} is no member of cluster '{options.Cluster}' as node {options.Self} knows it: join it with 'akkakv cluster join {other.Node} …', or correct the address that {other.Node} dials.";

    /// <summary>
    /// Makes this the one connection of its peer and class. The one before is closed, and has posted its last message
    /// when this returns, so a reconnection does not reorder what a sender said.
    /// </summary>
    /// <returns>False when the peer has ceased to belong in the meantime.</returns>
    public async Task<bool> TakeOverAsync(InboundConnection connection, NodeId peer, MessageClass group)
    {
        InboundConnection? before;
        lock (_gate)
        {
            // Under the lock, so that the end of a connection and the beginning of the next are told in their order.
            if (world.Peers.Find(peer) is not { } link)
                return false;
            _current.TryGetValue((peer, group), out before);
            _current[(peer, group)] = connection;
            link.InboundUp(group);
        }

        if (before is null)
            return true;
        before.Close();
        await before.Ended;
        return true;
    }

    /// <summary>Closes what a node has dialled that belongs no longer: call it when the table of links has lost it.</summary>
    public void CloseOf(NodeId peer)
    {
        lock (_gate)
        {
            for (int group = 0; group < PeerLink.Classes; group++)
            {
                if (_current.Remove((peer, (MessageClass)group), out InboundConnection? connection))
                    connection.Close();
            }
        }
    }

    public void Forget(InboundConnection connection)
    {
        lock (_gate)
        {
            _all.Remove(connection);
            foreach (var (key, current) in _current)
            {
                if (current != connection)
                    continue;
                _current.Remove(key);
                world.Peers.Find(key.Peer)?.InboundDown(key.Group);
                break;
            }
        }
    }

    public void Post(int loop, DeliveryBatch group)
    {
        if (group.Count == 0)
            return;
        int taken = world.Loops[loop].Inbox.Post(group.Items);
        Interlocked.Add(ref Counters.Messages, taken);
        Interlocked.Add(ref Counters.DroppedInboxFull, group.Count - taken);
        group.Clear();
    }

    /// <summary>A caller's reply; anything else outside the loops, the store above all, is not for other nodes.</summary>
    public void PostOutsideLoops(in Received received)
    {
        if (received.Role != ActorRole.Caller)
        {
            Interlocked.Increment(ref Counters.DroppedUnknownAddress);
            return;
        }

        Interlocked.Increment(ref Counters.Messages);
        world.Calls.Complete(received.Number, received.Message);
    }

    /// <summary>A connection was closed because of what came over it.</summary>
    public void Broke(string text)
    {
        Interlocked.Increment(ref Counters.Broken);
        hooks.Log(new NodeEvent(NodeEventLevel.Error, $"Closed an inbound connection. {text}"));
    }

    /// <summary>A node was turned away.</summary>
    public void Refused(string node, string reason)
    {
        Interlocked.Increment(ref Counters.RefusedConnections);
        WarnOnce($"Refused a connection of {node}: {reason}");
    }

    /// <summary>A message was dropped that its receiver has no use for.</summary>
    public void Unfit(NodeId peer, string reason)
    {
        Interlocked.Increment(ref Counters.Unfit);
        WarnOnce($"Dropped a message of {peer}: {reason}. {peer} is faulty, or runs a release that this one does not understand.");
    }

    // Whoever does it once does it again and again.
    private void WarnOnce(string text)
    {
        bool isNews;
        lock (_gate)
            isNews = _logged.Count < 1024 && _logged.Add(text);
        if (isNews)
            hooks.Log(new NodeEvent(NodeEventLevel.Warning, text));
    }

    private async Task AcceptOneAsync(CancellationToken stop)
    {
        try
        {
            Begin(await hooks.Accept(_socket, stop));
            _acceptTrouble = null;
        }
        catch (SocketException cause) when (!stop.IsCancellationRequested)
        {
            // The machine is out of something; that passes, and the door must not stay shut for it.
            Interlocked.Increment(ref Counters.AcceptsFailed);
            if (_acceptTrouble != cause.Message)
                hooks.Log(new NodeEvent(NodeEventLevel.Warning, $"A connection could not be accepted: {cause.Message}."));
            _acceptTrouble = cause.Message;
            await Task.WhenAny(Task.Delay(options.BackoffFirst, world.Clock, stop));
        }
        catch (Exception cause) when (cause is OperationCanceledException or ObjectDisposedException or SocketException)
        {
            // The node stops.
            Invariant.Require(stop.IsCancellationRequested, "the listener closes only when the node stops", cause.Message);
        }
    }

    private void Begin(Socket accepted)
    {
        InboundConnection connection;
        try
        {
            connection = new InboundConnection(accepted, this, options, codec, world.Clock);
        }
        catch (SocketException)
        {
            // Whoever it was has gone again.
            accepted.Dispose();
            return;
        }

        bool isAdmitted;
        lock (_gate)
            isAdmitted = !_isClosed && _all.Count < options.InboundConnectionsMax && _all.Add(connection);
        if (isAdmitted)
        {
            _ = connection.RunAsync();
            return;
        }

        Interlocked.Increment(ref Counters.RefusedConnections);
        accepted.Dispose();
    }

    private async Task WatchAsync(CancellationToken stop)
    {
        using var timer = new PeriodicTimer(options.PingInterval, world.Clock);
        try
        {
            while (await timer.WaitForNextTickAsync(stop))
                CloseOverdue();
        }
        catch (OperationCanceledException)
        {
            // The node stops.
        }
    }

    private void CloseOverdue()
    {
        lock (_gate)
        {
            foreach (InboundConnection connection in _all)
            {
                if (connection.IsOverdue())
                    connection.Close();
            }
        }
    }
}
