using AkkaKv.Core.Kernel;
using AkkaKv.Core.Ring;
using AkkaKv.Core.Topology;
using AkkaKv.Wire.Codec;

namespace AkkaKv.Host.Native.Peers;

/// <summary>
/// Keeps this node connected to whoever belongs to its cluster: at first those that the options name, from then on those
/// that the topology's actor wants. Behind <see cref="ActorRole.Network"/>.
/// </summary>
internal sealed class PeerNetwork : IAsyncDisposable
{
    private readonly NativeNodeOptions _options;
    private readonly NativeHooks _hooks;
    private readonly IMessageCodec _codec;
    private readonly TimeProvider _clock;
    private readonly RandomSource _seeds;
    private readonly PeerTable _table;
    private readonly Action<Task> _guard;
    private readonly Lock _gate = new();
    private readonly SortedDictionary<string, PeerLink> _links = new(StringComparer.Ordinal);
    private readonly List<Task> _running = [];
    private readonly CancellationTokenSource _stop = new();
    private int _linksMade;
    private bool _isStarted;

    /// <param name="guard">Watches a task that ends only when it is told to: any other end is a fault.</param>
    public PeerNetwork(
        NativeNodeOptions options, NativeHooks hooks, IMessageCodec codec, TimeProvider clock, ulong seed, PeerTable table, Action<Task> guard)
    {
        _options = options;
        _hooks = hooks;
        _codec = codec;
        _clock = clock;
        _seeds = new RandomSource(seed);
        _table = table;
        _guard = guard;
        _table.ClusterId = options.ClusterId;
        foreach (PeerEndpoint peer in options.Peers)
            _links.Add(peer.Node.Name, MakeLink(peer));
        _table.Replace(_links.Values);
    }

    /// <summary>Called for each peer that belongs no longer, when the table has lost it.</summary>
    public Action<NodeId> Closed { get; set; } = static _ => { };

    public void Start()
    {
        lock (_gate)
        {
            _isStarted = true;
            foreach (PeerLink link in _links.Values)
                DialLocked(link);
        }
    }

    /// <summary>Takes what is sent to <see cref="ActorRole.Network"/>; quick, for it runs on a loop.</summary>
    /// <returns>False for what it has no use for.</returns>
    public bool TryTake(Message message)
    {
        if (message is not PeersWanted wanted)
            return false;
        Follow(wanted);
        return true;
    }

    /// <summary>Ends all connections that this node dialled.</summary>
    public async ValueTask DisposeAsync()
    {
        Task[] running;
        lock (_gate)
        {
            _isStarted = false;
            running = [.. _running];
        }

        await _stop.CancelAsync();
        await Task.WhenAll(running);
    }

    /// <summary>As <see cref="DisposeAsync"/>, without waiting.</summary>
    public void Stop() => _ = _stop.CancelAsync();

    private void Follow(PeersWanted wanted)
    {
        if (wanted.ClusterId != 0)
            _table.ClusterId = wanted.ClusterId;
        var gone = new List<PeerLink>();
        lock (_gate)
        {
            var names = wanted.Others.Select(member => member.Node.Name).ToHashSet(StringComparer.Ordinal);
            foreach (PeerLink link in _links.Values)
            {
                if (!names.Contains(link.Node.Name))
                    gone.Add(link);
            }

            foreach (PeerLink link in gone)
                _links.Remove(link.Node.Name);
            List<PeerLink> made = MakeOrMoveLocked(wanted.Others);
            _table.Replace(_links.Values);
            if (_isStarted)
                made.ForEach(DialLocked);
            _running.RemoveAll(task => task.IsCompleted);
        }

        foreach (PeerLink link in gone)
        {
            link.Close();
            Closed(link.Node);
            _hooks.Log(new NodeEvent(NodeEventLevel.Information, $"{link.Node} belongs to the cluster no longer: its connections are closed."));
        }
    }

    private List<PeerLink> MakeOrMoveLocked(IReadOnlyList<RingMember> others)
    {
        var made = new List<PeerLink>();
        foreach (RingMember member in others)
        {
            if (member.Node == _options.Self)
                continue;
            PeerEndpoint? wanted = _options.NamedPeers.FirstOrDefault(peer => peer.Node == member.Node && peer.Port > 0)
                ?? PeerEndpoint.TryParse(member.Node, member.Endpoint);
            if (!_links.TryGetValue(member.Node.Name, out PeerLink? link))
            {
                link = MakeLink(wanted ?? new PeerEndpoint(member.Node, "", 0));
                _links.Add(member.Node.Name, link);
                made.Add(link);
            }
            else if (wanted is not null && wanted != link.Endpoint)
            {
                link.MoveTo(wanted.Host, wanted.Port);
            }
        }

        return made;
    }

    private PeerLink MakeLink(PeerEndpoint peer) => new(peer, _linksMade++, _hooks, _codec);

    private void DialLocked(PeerLink link)
    {
        var ended = CancellationTokenSource.CreateLinkedTokenSource(_stop.Token, link.Closed);
        var diallers = new Task[PeerLink.Classes];
        for (int group = 0; group < diallers.Length; group++)
        {
            var dialler = new PeerDialler(link, (MessageClass)group, _table, _options, _hooks, _codec, _clock, _seeds.NextUInt64());

            // Not on the caller's thread, which may be a loop: a connection may be made, or refused, at once.
            diallers[group] = Task.Run(() => dialler.RunAsync(ended.Token), CancellationToken.None);
            _guard(diallers[group]);
        }

        _running.Add(EndAsync(link, diallers, ended));
    }

    private static async Task EndAsync(PeerLink link, Task[] diallers, CancellationTokenSource ended)
    {
        // A failure among them is the guard's affair.
        await Task.WhenAll(diallers).ContinueWith(static _ => { }, TaskScheduler.Default);
        ended.Dispose();
        if (link.Closed.IsCancellationRequested)
            link.Dispose();
    }
}
