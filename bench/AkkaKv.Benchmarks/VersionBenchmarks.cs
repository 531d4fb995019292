using AkkaKv.Api;
using AkkaKv.Core.Kernel;
using AkkaKv.Core.Versions;
using BenchmarkDotNet.Attributes;

namespace AkkaKv.Benchmarks;

/// <summary>What each read and write does with versions.</summary>
[MemoryDiagnoser]
public class VersionBenchmarks
{
    private readonly StoreKey _key = Samples.Key(1);
    private readonly ContextSeal _seal = new("secret"u8);
    private readonly ValueContent _content = Samples.Content(100);
    private SiblingSet _one = SiblingSet.Empty;
    private SiblingSet _same = SiblingSet.Empty;
    private SiblingSet _other = SiblingSet.Empty;
    private ReadOnlyMemory<byte> _encoded;
    private CausalContext? _token;

    [GlobalSetup]
    public void SetUp()
    {
        _one = Samples.Written(1, 7, 100);
        _same = Samples.Written(1, 7, 100);
        _other = Samples.Written(2, 9, 100);
        _encoded = SiblingSetCodec.Encode(_one);
        _token = _seal.Seal(_key, _one.Seen);
    }

    [Benchmark]
    public SiblingSet MergeEqual() => _one.Merge(_same);

    [Benchmark]
    public SiblingSet MergeConcurrent() => _one.Merge(_other);

    [Benchmark]
    public SiblingSet Put() => _one.Put(_one.Seen, new Dot(1, 8), _content);

    [Benchmark]
    public ReadOnlyMemory<byte> Encode() => SiblingSetCodec.Encode(_one);

    [Benchmark]
    public bool Decode() => SiblingSetCodec.TryDecode(_encoded, out _);

    [Benchmark]
    public CausalContext SealContext() => _seal.Seal(_key, _one.Seen);

    [Benchmark]
    public bool OpenContext() => _seal.TryOpen(_key, _token, out _, out _);
}
