using AkkaKv.Core.Kernel;
using AkkaKv.Core.Ring;
using BenchmarkDotNet.Attributes;

namespace AkkaKv.Benchmarks;

/// <summary>Building a ring, which happens when the topology changes, and asking it, which every request does.</summary>
[MemoryDiagnoser]
public class RingBenchmarks
{
    private readonly StoreKey _key = Samples.Key(1);
    private RingTopology _topology = new(1, 1, 1, []);
    private RingSnapshot? _ring;

    [Params(3, 30, 300)]
    public int Nodes { get; set; }

    [GlobalSetup]
    public void SetUp()
    {
        RingMember[] members = [.. Enumerable.Range(1, Nodes).Select(number => new RingMember(new NodeId($"node-{number}")))];
        _topology = new RingTopology(1, Math.Max(Token.PartitionsDefault, Token.PartitionsFor(Nodes)), 3, members);
        _ring = RingSnapshot.Of(_topology);
    }

    [Benchmark]
    public RingSnapshot Build() => RingSnapshot.Of(_topology);

    [Benchmark]
    public int Lookup() => _ring!.OwnersOf(_ring.PartitionOf(_key), 3).Count;
}

/// <summary>XXH64 of a key.</summary>
public class HashBenchmarks
{
    private byte[] _bytes = [];

    [Params(16, 256, 1024)]
    public int KeyBytes { get; set; }

    [GlobalSetup]
    public void SetUp() => _bytes = Samples.Bytes(KeyBytes);

    [Benchmark]
    public ulong Hash() => StableHash.Of(_bytes);
}
