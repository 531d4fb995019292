using System.Collections.Concurrent;
using System.Text;
using AkkaKv.Core.Kernel;
using AkkaKv.Core.Replica;

namespace AkkaKv.Storage.Tests.Disk;

/// <summary>A host that plays all loops in the test's thread, while the store has its writer thread.</summary>
public sealed class RealStore
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
    private static readonly Address Asker = new(new NodeId("node-1"), ActorRole.Replica, 7);

    private readonly BlockingCollection<StoreCompletion> _completions = [];
    private readonly IStorePort[] _ports;
    private readonly Func<ulong, int> _loopOf;
    private StoreReadDone? _read;
    private StoreScanDone? _scan;

    public RealStore(INodeStore store, int loops, Func<ulong, int>? loopOf = null)
    {
        _loopOf = loopOf ?? (_ => 0);
        _ports = Enumerable.Range(0, loops).Select(loop => store.OpenPort(loop, _completions.Add)).ToArray();
    }

    public IList<StoreOutcome> Outcomes { get; } = [];

    public IList<DotsReserved> Dots { get; } = [];

    public static StoreOptions Options() => new()
    {
        Node = "node-1",
        Cluster = "test",
        Time = TimeProvider.System,
        DrawId = () => (ulong)Random.Shared.NextInt64(1, long.MaxValue),
        SegmentBytes = 64 << 10,
    };

    public static StoreKey Key(string name) => StoreKey.Of("bucket", Encoding.ASCII.GetBytes(name));

    public void Submit(int loop, string key, byte[] value, StoreSpace space = StoreSpace.Objects) =>
        _ports[loop].Submit(new StoreWrite(Key(key), value, 1, Asker, space), Receive);

    public void SubmitRemoval(int loop, string key, StoreSpace space = StoreSpace.Objects) =>
        _ports[loop].Submit(new StoreRemove(Key(key), 1, Asker, space), Receive);

    public void SubmitDots(int loop) => _ports[loop].Submit(new StoreReserveDots(Asker), Receive);

    public void EndTurn(int loop) => _ports[loop].EndTurn();

    /// <summary>Waits for one completion of any loop and plays its loop's part.</summary>
    public void CompleteNext()
    {
        _completions.TryTake(out StoreCompletion? completion, Patience).ShouldBeTrue("the writer must answer");
        _ports[completion!.Loop].Complete(completion, Receive);
    }

    public byte[]? Read(string key, StoreSpace space = StoreSpace.Objects)
    {
        StoreKey storeKey = Key(key);
        _ports[_loopOf(storeKey.Hash)].Submit(new StoreRead(storeKey, 1, Asker, space), Receive);
        _read!.Outcome.ShouldBe(StoreOutcome.Done);
        return _read.Object.IsEmpty ? null : _read.Object.ToArray();
    }

    public IReadOnlyList<StoreKey> Keys(int loop, StoreSpace space = StoreSpace.Objects)
    {
        var found = new List<StoreKey>();
        for (long cursor = 0; cursor >= 0; cursor = _scan!.NextCursor)
        {
            _ports[loop].Submit(new StoreScan(0, ulong.MaxValue, cursor, 1, Asker, space), Receive);
            found.AddRange(_scan!.Keys);
        }

        return found;
    }

    private void Receive(Address to, Message message)
    {
        switch (message)
        {
            case StoreReadDone read:
                _read = read;
                break;
            case StoreScanDone scan:
                _scan = scan;
                break;
            case StoreWriteDone write:
                Outcomes.Add(write.Outcome);
                break;
            case DotsReserved dots:
                Dots.Add(dots);
                break;
        }
    }
}
