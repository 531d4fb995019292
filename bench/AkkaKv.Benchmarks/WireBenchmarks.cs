using AkkaKv.Core.Kernel;
using AkkaKv.Core.Replica;
using AkkaKv.Core.Versions;
using AkkaKv.Wire.Codec;
using AkkaKv.Wire.Frames;
using BenchmarkDotNet.Attributes;

namespace AkkaKv.Benchmarks;

/// <summary>The two messages that carry objects between nodes, with and without their frames.</summary>
[MemoryDiagnoser]
public class WireBenchmarks
{
    private static readonly NodeId Sender = new("node-1");

    private readonly FrameBuffer _output = new(1 << 20);
    private Message _merge = new ReplicaMergeDone(0, ReplicaOutcome.Done);
    private Message _readDone = new ReplicaMergeDone(0, ReplicaOutcome.Done);
    private byte[] _mergeBody = [];
    private byte[] _readDoneBody = [];
    private byte[] _frame = [];

    [Params(100, 10 * 1024)]
    public int ObjectBytes { get; set; }

    [GlobalSetup]
    public void SetUp()
    {
        ReadOnlyMemory<byte> encoded = SiblingSetCodec.Encode(Samples.Written(1, 7, ObjectBytes));
        _merge = new ReplicaMerge(Samples.Key(1), encoded, 7, new Address(Sender, ActorRole.Request, 9));
        _readDone = new ReplicaReadDone(7, ReplicaOutcome.Done, encoded);
        _mergeBody = BodyOf(_merge);
        _readDoneBody = BodyOf(_readDone);
        Frame();
        _frame = _output.Written.ToArray();
    }

    [GlobalCleanup]
    public void CleanUp() => _output.Dispose();

    [Benchmark]
    public int EncodeReplicaMerge() => Encode(_merge);

    [Benchmark]
    public bool DecodeReplicaMerge() => WireCodec.Instance.TryDecode(Sender, _mergeBody, out _);

    [Benchmark]
    public int EncodeReplicaReadDone() => Encode(_readDone);

    [Benchmark]
    public bool DecodeReplicaReadDone() => WireCodec.Instance.TryDecode(Sender, _readDoneBody, out _);

    /// <summary>Encoding within a frame: adds the header and its checksum.</summary>
    [Benchmark]
    public int Frame()
    {
        _output.Clear();
        int start = _output.BeginFrame();
        WireCodec.Instance.Encode(Sender, ActorRole.Replica, 3, _merge, _output);
        _output.EndFrame(start);
        return _output.Length;
    }

    [Benchmark]
    public bool CheckFrame() => FrameCodec.TryRead(_frame, 1 << 20, out _);

    private int Encode(Message message)
    {
        _output.Clear();
        WireCodec.Instance.Encode(Sender, ActorRole.Replica, 3, message, _output);
        return _output.Length;
    }

    private byte[] BodyOf(Message message)
    {
        Encode(message);
        return _output.Written.ToArray();
    }
}
