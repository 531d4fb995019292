using AkkaKv.Core.Kernel;
using AkkaKv.Wire.Codec;

namespace AkkaKv.Host.Native.Peers;

/// <summary>All that this node sends to one peer: a dialled connection for each message class.</summary>
internal sealed class PeerLink(PeerEndpoint endpoint, int index, NativeHooks hooks, IMessageCodec codec)
{
    /// <summary>How many classes there are, and connections to each peer.</summary>
    public const int Classes = (int)MessageClass.Bulk + 1;

    private readonly Lock _gate = new();
    private readonly PeerSender?[] _senders = new PeerSender?[Classes];
    private readonly string?[] _troubles = new string?[Classes];
    private volatile PeerEndpoint _endpoint = endpoint;
    private volatile TaskCompletionSource _endpointChanged = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public NodeId Node { get; } = endpoint.Node;

    /// <summary>Its place among the links of this node.</summary>
    public int Index { get; } = index;

    public PeerCounters Counters { get; } = new();

    public PeerEndpoint Endpoint => _endpoint;

    /// <summary>Completes when a new endpoint was set: no reason to wait out a backoff then.</summary>
    public Task EndpointChanged => _endpointChanged.Task;

    public void SetEndpoint(string host, int port)
    {
        _endpoint = new PeerEndpoint(Node, host, port);
        TaskCompletionSource changed = _endpointChanged;
        _endpointChanged = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        changed.TrySetResult();
    }

    /// <summary>Adds a message to the batch of its class.</summary>
    /// <returns>The class, for the flush at the end of the turn.</returns>
    public MessageClass Add(ActorRole role, ulong number, Message message)
    {
        MessageClass group = codec.ClassOf(message);
        PeerSender? sender = Volatile.Read(ref _senders[(int)group]);
        if (sender is null)
            Interlocked.Increment(ref Counters.DroppedNotConnected);
        else
            sender.Add(role, number, message);
        return group;
    }

    public void Flush(MessageClass group) => Volatile.Read(ref _senders[(int)group])?.Flush();

    /// <summary>A connection stands. The callback is under the lock, so that ups and downs arrive in their order.</summary>
    public void Up(MessageClass group, PeerSender sender)
    {
        lock (_gate)
        {
            _troubles[(int)group] = null;
            Volatile.Write(ref _senders[(int)group], sender);
            if (!IsConnectedLocked())
                return;
            hooks.Log(new NodeEvent(NodeEventLevel.Information, $"Connected to {Node} at {Endpoint.Host}:{Endpoint.Port}."));
            hooks.PeerConnected(Node);
        }
    }

    public void Down(MessageClass group)
    {
        lock (_gate)
        {
            bool wasConnected = IsConnectedLocked();
            Volatile.Write(ref _senders[(int)group], null);
            if (wasConnected)
                hooks.PeerDisconnected(Node);
        }
    }

    /// <summary>Notes why a connection does not stand, and says so once as long as the reason stays the same.</summary>
    public void Trouble(MessageClass group, string reason)
    {
        lock (_gate)
        {
            bool isNews = !_troubles.Contains(reason);
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
            return new PeerStatus(Node, $"{Endpoint.Host}:{Endpoint.Port}", IsConnectedLocked(), trouble, Counters.Snapshot());
        }
    }

    private bool IsConnectedLocked() => Array.TrueForAll(_senders, sender => sender is not null);
}
