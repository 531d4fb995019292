using System.Buffers;
using System.Globalization;
using System.Text;
using AkkaKv.Core.AntiEntropy;
using AkkaKv.Core.Kernel;
using AkkaKv.Core.Membership;
using AkkaKv.Core.Replica;
using AkkaKv.Core.Ring;
using AkkaKv.Core.Versions;
using AkkaKv.Wire.Codec;
using AkkaKv.Wire.Frames;

namespace AkkaKv.Simulation.Measuring;

/// <summary>
/// The real replicas, anti-entropy, codec and stores, and nothing else: no delay, no fault, no client. Counts what travels
/// between the nodes. The same numbers on every machine.
/// </summary>
internal sealed class MeasuredCluster
{
    private readonly Queue<(Address To, Message Message)> _queue = new();
    private readonly PriorityQueue<(Address To, Message Message, ulong Number), (TimeSpan, ulong)> _timers = new();
    private readonly HashSet<ulong> _cancelled = [];
    private readonly ArrayBufferWriter<byte> _buffer = new();
    private readonly RepairMeasurement _what;
    private readonly MeasuredNode[] _nodes;
    private readonly List<StoreKey> _keys = [];
    private readonly long[] _bytes = new long[3];
    private long _messages;
    private long _dataBytes;
    private long _missingBytes;
    private ulong _nextTimer;
    private RepairProgress? _progress;

    private MeasuredCluster(RepairMeasurement what)
    {
        _what = what;
        Random = new RandomSource(what.Seed);
        TreeShape shape = TreeShape.Of(what.Partitions, new TreeOptions().Leaves);
        NodeId[] ids = [.. Enumerable.Range(1, what.Nodes).Select(number => new NodeId($"node-{number}"))];
        _nodes = Array.ConvertAll(ids, id => new MeasuredNode(this, id, shape, new AntiEntropyOptions { Interval = TimeSpan.FromDays(365) }));
        var ring = new RingChanged(RingSnapshot.Of(new RingTopology(1, what.Partitions, what.Nodes, Array.ConvertAll(ids, id => new RingMember(id)))));
        var reachable = new ReachabilityChanged(new ReachabilitySnapshot(1, new HashSet<NodeId>(ids)));
        Load();
        foreach (MeasuredNode node in _nodes)
        {
            node.Start();
            Send(default, ActorOf(node), ring);
            for (int partition = 0; partition < what.Partitions; partition++)
                Send(default, new Address(node.Id, ActorRole.Replica, (ulong)partition), ring);
            Send(default, ActorOf(node), reachable);
        }
    }

    public TimeSpan Now { get; private set; }

    public RandomSource Random { get; }

    public long[] Counted { get; } = new long[Enum.GetValues<Counter>().Length];

    public static RepairCost Measure(RepairMeasurement what)
    {
        var cluster = new MeasuredCluster(what);
        return cluster.Run();
    }

    public void Send(Address from, Address to, Message message)
    {
        if (from.Node != to.Node && from != default)
            Weigh(from.Node, to, message);
        if (to.Role != ActorRole.Caller)
            _queue.Enqueue((to, message));
        else if (message is RepairTold told)
            _progress = told.Repair;
    }

    public TimerId StartTimer(Address owner, TimeSpan delay, Message message)
    {
        ulong number = _nextTimer++;
        _timers.Enqueue((owner, message, number), (Now + delay, number));
        return new TimerId(number);
    }

    public void CancelTimer(TimerId timer) => _cancelled.Add(timer.Number);

    private RepairCost Run()
    {
        TimeSpan began = Now;
        Repair();
        TimeSpan took = Now - began;
        long[] first = [.. _bytes];
        long messages = _messages;
        Repair();
        return new RepairCost(
            _dataBytes,
            _missingBytes,
            Counted[(int)Counter.ExchangeBytesMoved],
            Counted[(int)Counter.ExchangeKeysMoved],
            first[0],
            first[1],
            first[2],
            messages,
            took,
            _bytes.Sum() - first.Sum(),
            Agree());
    }

    // A lost disk is everybody's business: whoever sees the node back compares; a small difference is found by one.
    private void Repair()
    {
        foreach (MeasuredNode node in _what.LostDisk ? _nodes : _nodes[..1])
            Send(default, ActorOf(node), new RepairStart(CallerOf(node)));
        foreach (MeasuredNode node in _what.LostDisk ? _nodes : _nodes[..1])
        {
            do
            {
                Step();
                Send(default, ActorOf(node), new RepairAsk(CallerOf(node)));
                Drain();
            }
            while (_progress!.FinishedAt is null);
        }
    }

    private void Step()
    {
        Drain();
        if (!_timers.TryDequeue(out (Address To, Message Message, ulong Number) timer, out (TimeSpan Due, ulong) due) || _cancelled.Remove(timer.Number))
            return;
        Now = due.Due;
        _queue.Enqueue((timer.To, timer.Message));
        Drain();
    }

    private void Drain()
    {
        while (_queue.Count > 0)
        {
            while (_queue.TryDequeue(out (Address To, Message Message) next))
                NodeOf(next.To.Node)?.Deliver(next.To, next.Message);
            foreach (MeasuredNode node in _nodes)
                node.EndTurn();
        }
    }

    private void Load()
    {
        var older = new HashSet<int>();
        while (!_what.LostDisk && older.Count < _what.Differing)
            older.Add(Random.Next(_what.Keys));
        var payload = new byte[_what.ValueBytes];
        for (int i = 0; i < _what.Keys; i++)
        {
            StoreKey key = StoreKey.Of("default", Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"user-{i:00000000}")));
            _keys.Add(key);
            var content = new ValueContent(payload, null, 1_700_000_000_000);
            SiblingSet old = SiblingSet.Empty.Put(VersionVector.Empty, new Dot(11_111_111_111, (ulong)i + 1), content);
            SiblingSet set = older.Contains(i) ? old.Put(old.Seen, new Dot(22_222_222_222, (ulong)i + 1), content) : old;
            ReadOnlyMemory<byte> encoded = SiblingSetCodec.Encode(set).ToArray();
            _dataBytes += key.Bytes.Length + encoded.Length;
            _missingBytes += _what.LostDisk || older.Contains(i) ? encoded.Length : 0;
            for (int node = 0; node < _nodes.Length; node++)
            {
                if (node > 0 || !_what.LostDisk)
                    _nodes[node].Load(key, node == 0 && older.Contains(i) ? SiblingSetCodec.Encode(old).ToArray() : encoded);
            }
        }

        foreach (MeasuredNode node in _nodes)
            node.EndTurn();
        _queue.Clear();
    }

    private bool Agree()
    {
        foreach (StoreKey key in _keys)
        {
            ReadOnlyMemory<byte> held = _nodes[^1].Look(key);
            foreach (MeasuredNode node in _nodes)
            {
                if (!node.Look(key).Span.SequenceEqual(held.Span))
                    return false;
            }
        }

        return true;
    }

    private void Weigh(NodeId from, Address to, Message message)
    {
        _buffer.ResetWrittenCount();
        WireCodec.Instance.Encode(from, to.Role, to.Number, message, _buffer);
        int kind = message switch
        {
            TreeNodesAsk or TreeNodesTold or TreeKeysEnd => 0,
            TreeKeysAsk or TreeKeysTold => 1,
            _ => 2,
        };
        _bytes[kind] += _buffer.WrittenCount + FrameCodec.HeaderBytes;
        _messages++;
    }

    private MeasuredNode? NodeOf(NodeId id) => Array.Find(_nodes, node => node.Id == id);

    private static Address ActorOf(MeasuredNode node) => new(node.Id, ActorRole.AntiEntropy, 0);

    private static Address CallerOf(MeasuredNode node) => new(node.Id, ActorRole.Caller, 1);
}
