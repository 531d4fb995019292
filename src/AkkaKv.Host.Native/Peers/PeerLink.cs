using AkkaKv.Core.Kernel;
using AkkaKv.Wire.Codec;
using AkkaKv.Wire.Handshake;

namespace AkkaKv.Host.Native.Peers;

/// <summary>
/// How this node and one peer are joined: for each message class a connection that this node dialled and sends on, and
/// one that the peer dialled and sends on. The peer is connected when all of them stand: a question that can be sent
/// to a node that cannot answer is worth nothing, and would only wait for its deadline.
/// </summary>
internal sealed class PeerLink(PeerEndpoint endpoint, int index, NativeHooks hooks, IMessageCodec codec) : IDisposable
{
    /// <summary>How many classes there are, and connections to each peer.</summary>
    public const int Classes = (int)MessageClass.Bulk + 1;

    private readonly Lock _gate = new();
    private readonly PeerSender?[] _senders = new PeerSender?[Classes];
    private readonly bool[] _inbound = new bool[Classes];
    private readonly CancellationTokenSource _closed = new();
    private bool _isClosed;
    private readonly string?[] _troubles = new string?[Classes];
    private volatile PeerEndpoint _endpoint = endpoint;
    private volatile TaskCompletionSource _dialNow = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public NodeId Node { get; } = endpoint.Node;

    /// <summary>Its own number among all links that this node ever made: one that is closed does not pass it on.</summary>
    public int Index { get; } = index;

    public PeerCounters Counters { get; } = new();

    public PeerEndpoint Endpoint => _endpoint;

    /// <summary>Completes when there is no reason to wait out a backoff: a new endpoint was set, or the peer itself has dialled.</summary>
    public Task DialNow => _dialNow.Task;

    public void SetEndpoint(string host, int port)
    {
        _endpoint = new PeerEndpoint(Node, host, port);
        EndBackoff();
    }

    /// <summary>Cancelled when the peer belongs no longer.</summary>
    public CancellationToken Closed => _closed.Token;

    /// <summary>The peer listens elsewhere now: connections to where it was are closed, and it is dialled there.</summary>
    public void MoveTo(string host, int port)
    {
        PeerSender?[] standing;
        lock (_gate)
            standing = [.. _senders];
        SetEndpoint(host, port);
        foreach (PeerSender? sender in standing)
            sender?.Dispose();
    }

    /// <summary>The peer belongs no longer. It is told as disconnected here and now, for a link that follows on this one may be connected at once.</summary>
    public void Close()
    {
        lock (_gate)
        {
            if (_isClosed)
                return;
            bool wasConnected = IsConnectedLocked();
            _isClosed = true;
            TellLocked(wasConnected);
        }

        _closed.Cancel();
    }

    /// <summary>After its diallers have ended.</summary>
    public void Dispose() => _closed.Dispose();

    /// <summary>Adds a message to the batch of its class.</summary>
    /// <returns>The class, for the flush at the end of the turn.</returns>
    public MessageClass Add(ActorRole role, ulong number, Message message)
    {
        MessageClass group = codec.ClassOf(message);
        PeerSender? sender = Volatile.Read(ref _senders[(int)group]);
        if (sender is null)
            Interlocked.Increment(ref Counters.DroppedNotConnected);
        else if (sender.Version < Hello.ProtocolVersion && codec.VersionOf(message) > sender.Version)
            Interlocked.Increment(ref Counters.DroppedOlderPeer);
        else
            sender.Add(role, number, message);
        return group;
    }

    public void Flush(MessageClass group) => Volatile.Read(ref _senders[(int)group])?.Flush();

    /// <summary>A dialled connection stands. Callbacks are under the lock, so that ups and downs arrive in their order.</summary>
    public void Up(MessageClass group, PeerSender sender)
    {
        lock (_gate)
        {
            bool wasConnected = IsConnectedLocked();
            _troubles[(int)group] = null;
            Volatile.Write(ref _senders[(int)group], sender);
            TellLocked(wasConnected);
        }
    }

    public void Down(MessageClass group)
    {
        lock (_gate)
        {
            bool wasConnected = IsConnectedLocked();
            Volatile.Write(ref _senders[(int)group], null);
            TellLocked(wasConnected);
        }
    }

    /// <summary>The peer has dialled, and agreed: it is there, and waits for this node's own connections.</summary>
    public void InboundUp(MessageClass group)
    {
        lock (_gate)
        {
            bool wasConnected = IsConnectedLocked();
            _inbound[(int)group] = true;
            TellLocked(wasConnected);
        }

        EndBackoff();
    }

    public void InboundDown(MessageClass group)
    {
        lock (_gate)
        {
            bool wasConnected = IsConnectedLocked();
            _inbound[(int)group] = false;
            TellLocked(wasConnected);
        }
    }

    /// <summary>Notes why a connection does not stand, and says so once as long as the reason stays the same.</summary>
    public void Trouble(MessageClass group, string reason)
    {
        lock (_gate)
        {
            bool isNews = !_isClosed && !_troubles.Contains(reason);
            _troubles[(int)group] = reason;
            if (isNews)
                hooks.Log(new NodeEvent(NodeEventLevel.Warning, $"No {group} connection to {Node}: {reason}"));
        }
    }

    public PeerStatus Status()
    {
        lock (_gate)
        {
            string? trouble = Array.Find(_troubles, reason => reason is not null);
            if (trouble is null && !_inbound.All(stands => stands) && _senders.All(sender => sender is not null))
                trouble = $"it is reached, but has not connected to this node: {Node} must be able to dial this node's own endpoint.";
            return new PeerStatus(Node, $"{Endpoint.Host}:{Endpoint.Port}", IsConnectedLocked(), trouble, Counters.Snapshot(), Interlocked.Read(ref Counters.ConnectionsFailed));
        }
    }

    private void TellLocked(bool wasConnected)
    {
        bool isConnected = IsConnectedLocked();
        if (isConnected && !wasConnected)
        {
            hooks.Log(new NodeEvent(NodeEventLevel.Information, $"Connected to {Node} at {Endpoint.Host}:{Endpoint.Port}."));
            hooks.PeerConnected(Node);
        }
        else if (wasConnected && !isConnected)
        {
            hooks.PeerDisconnected(Node);
        }
    }

    private void EndBackoff() =>
        Interlocked.Exchange(ref _dialNow, new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)).TrySetResult();

    private bool IsConnectedLocked() => !_isClosed
        && Array.TrueForAll(_senders, sender => sender is not null) && Array.TrueForAll(_inbound, stands => stands);
}
